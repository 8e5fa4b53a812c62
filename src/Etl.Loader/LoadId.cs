using System.Diagnostics.CodeAnalysis;

namespace Etl.Loader;

/// <summary>
/// Names one load forever: in the ledger, in marker files, in the receipt and in the staging table's name.
/// A version 7 UUID (RFC 9562), so that ids made later sort later, if clocks agree; where a trigger stays as it
/// is, the id is made of it and its time is the trigger's. Of two loads of one dataset it decides whose marker
/// stays beside the data; nothing in the ledger or in a target rests on it.
/// </summary>
internal readonly record struct LoadId(Guid Value)
{
    public const int ShortLength = 12;

    public static LoadId New(TimeProvider time) => new(Guid.CreateVersion7(time.GetUtcNow()));

    /// <summary>Reads the 36-character form with hyphens; other forms of a UUID are not accepted, so that one id has one spelling.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out LoadId id)
    {
        var parsed = Guid.TryParseExact(text, "D", out var value);
        id = new LoadId(value);
        return parsed;
    }

    /// <summary>When the id was made, by its maker's clock.</summary>
    /// <remarks>Markers lie where producers write, and hold any id: one beyond the years that we know is from their last moment.</remarks>
    public DateTimeOffset MadeAt => DateTimeOffset.FromUnixTimeMilliseconds(Math.Min(
        (long)(System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(Value.ToByteArray(bigEndian: true)) >> 16),
        DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()));

    /// <summary>
    /// What people see and type in place of the whole id: its last 12 characters. They are random, where the first ones are a time that loads accepted
    /// together share. Verbs, pages and the API show this form and take it, the whole id, or any unique beginning of it.
    /// </summary>
    public string Short => ToString()[^ShortLength..];

    public override string ToString() => Value.ToString("D");
}
