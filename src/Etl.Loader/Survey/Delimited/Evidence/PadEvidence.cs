using System.Text;
using Etl.Loader.Survey.Delimited.Dialects;
using Etl.Loader.Survey.Types;

namespace Etl.Loader.Survey.Delimited.Evidence;

/// <summary>
/// A short record is padded at its end, which is right only where nothing is missing in its middle: each of its values must be like those
/// that complete records have in that column.
/// </summary>
internal sealed class PadEvidence(Dialect dialect)
{
    private readonly ValueFormats _formats = new(dialect.Decimal, dialect.DateFormat, dialect.TimestampFormat);

    public static IReadOnlyList<ValueTraits>? Of(IReadOnlyList<SampleRecord> complete, int columns, Dialect dialect)
    {
        var evidence = new PadEvidence(dialect);
        return complete.Count == 0 ? null : [.. Enumerable.Range(0, columns).Select(column => complete.Select(record => record.Fields[column])
            .Where(field => field.Quoted || !dialect.Nulls.Contains(field.Text))
            .Aggregate(ValueTraits.None, (all, field) => all | evidence.TraitsOf(Encoding.UTF8.GetBytes(field.Text))))];
    }

    /// <summary>True where the value may be in the column, judging by complete records. A column that they leave empty takes anything.</summary>
    public bool Fits(int column, ReadOnlySpan<byte> value) =>
        dialect.Complete is not { } complete || column >= complete.Count || complete[column] == ValueTraits.None || (TraitsOf(value) & ~complete[column]) == 0;

    private ValueTraits TraitsOf(ReadOnlySpan<byte> value) => TypeRules.Classify(value, _formats, out _).Kind switch
    {
        TypeKind.BigInt or TypeKind.Numeric => ValueTraits.Number,
        TypeKind.Date => ValueTraits.Date,
        TypeKind.Time => ValueTraits.Time,
        TypeKind.Timestamp or TypeKind.TimestampTz => ValueTraits.Timestamp,
        TypeKind.Boolean => ValueTraits.Boolean,
        TypeKind.Uuid => ValueTraits.Uuid,
        _ => ValueTraits.Text | OfText(value),
    };

    private static ValueTraits OfText(ReadOnlySpan<byte> value)
    {
        var traits = ValueTraits.None;
        var before = (byte)0;
        foreach (var b in value)
        {
            var (digit, letter) = (char.IsAsciiDigit((char)b), IsLetter(b));
            traits |= digit ? ValueTraits.Digits : ValueTraits.None;
            traits |= (digit && IsLetter(before)) || (letter && char.IsAsciiDigit((char)before)) ? ValueTraits.Joint : ValueTraits.None;
            traits |= char.IsAsciiLetterUpper((char)b) && char.IsAsciiLetterLower((char)before) ? ValueTraits.Hump : ValueTraits.None;
            before = b;
        }

        return traits;
    }

    private static bool IsLetter(byte b) => b >= 0x80 || char.IsAsciiLetter((char)b);
}
