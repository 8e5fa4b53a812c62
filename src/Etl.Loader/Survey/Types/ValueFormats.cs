namespace Etl.Loader.Survey.Types;

/// <summary>
/// How a dataset writes dates, timestamps and decimals, and how those become canonical. Where a format is given it is the only one:
/// a column of ISO dates beside one of <c>dd.MM.yyyy</c> stays text, rather than being read by a guess.
/// </summary>
internal sealed class ValueFormats
{
    /// <summary>Longest canonical text that <see cref="TryCanonical"/> writes, except of numbers and of what is not in the stated form.</summary>
    public const int MaxCanonicalBytes = 32;

    /// <summary>Behind a value of another form than the stated one: with it no number, date or time is one.</summary>
    private const byte OtherForm = 0;

    private readonly DateTimeFormat? _date;
    private readonly DateTimeFormat? _timestamp;

    /// <summary>Throws <see cref="LoaderException"/> for a format that cannot be read.</summary>
    public ValueFormats(char decimalPoint = '.', string? date = null, string? timestamp = null)
    {
        DecimalPoint = (byte)decimalPoint;
        _date = date is null ? null : DateTimeFormat.Parse(date);
        _timestamp = timestamp is null ? null : DateTimeFormat.Parse(timestamp);
    }

    public static ValueFormats Iso { get; } = new();

    /// <summary>'.' or ','.</summary>
    public byte DecimalPoint { get; }

    public bool CustomDate => _date is not null;

    public bool CustomTimestamp => _timestamp is not null;

    public bool TryDate(ReadOnlySpan<byte> text, out int daysSince2000)
    {
        if (_date is null)
        {
            return ValueParser.TryDate(text, out daysSince2000);
        }

        var read = _date.TryRead(text, out var moment);
        daysSince2000 = moment.Days;
        return read;
    }

    public bool TryTimestamp(ReadOnlySpan<byte> text, out CivilMoment moment)
    {
        if (_timestamp is not null)
        {
            return _timestamp.TryRead(text, out moment);
        }

        moment = default;
        return ValueParser.TryTimestamp(text, out _);
    }

    /// <summary>True where values of this final type may need to be rewritten.</summary>
    public bool Rewrites(TypeKind type) => type switch
    {
        TypeKind.Numeric or TypeKind.Float8 => DecimalPoint != '.',
        TypeKind.Date => CustomDate,

        // Dates in a timestamp column become midnight.
        TypeKind.Timestamp => true,
        _ => false,
    };

    /// <summary>
    /// Writes the canonical text of a value for its final type; false where the value is canonical already or not of the type at all,
    /// so that it stays as it is and anyone who encodes it can say so. What is canonical and yet not in the stated form (<c>1.500</c> where the
    /// comma is the decimal point) would be taken for another value: it is marked, so that no encoder takes it (<see cref="IsOfOtherForm"/>).
    /// </summary>
    /// <param name="canonical">A byte longer than the value, and <see cref="MaxCanonicalBytes"/> at least.</param>
    public bool TryCanonical(ReadOnlySpan<byte> value, TypeKind type, Span<byte> canonical, out int written)
    {
        written = 0;
        switch (type)
        {
            case TypeKind.Numeric or TypeKind.Float8 when DecimalPoint != '.':
                if (value.Contains((byte)'.'))
                {
                    return Mark(value, canonical, out written);
                }

                var comma = value.IndexOf(DecimalPoint);
                if (comma < 0)
                {
                    return false;
                }

                value.CopyTo(canonical);
                canonical[comma] = (byte)'.';
                written = value.Length;
                return true;

            case TypeKind.Date when _date is not null:
                if (!_date.TryRead(value, out var date))
                {
                    return Mark(value, canonical, out written);
                }

                written = date.WriteDate(canonical);
                return true;

            case TypeKind.Timestamp when _timestamp is not null && _timestamp.TryRead(value, out var moment):
                written = moment.WriteTimestamp(canonical);
                return true;

            case TypeKind.Timestamp when _date is not null && _date.TryRead(value, out var midnight):
                written = midnight.WriteTimestamp(canonical);
                return true;

            case TypeKind.Timestamp when _date is null && ValueParser.TryDate(value, out _):
                value.CopyTo(canonical);
                " 00:00:00"u8.CopyTo(canonical[10..]);
                written = 19;
                return true;

            case TypeKind.Timestamp when _timestamp is not null:
                return Mark(value, canonical, out written);

            default:
                return false;
        }
    }

    /// <summary>True for a value that was marked as not being in the form that the trigger states.</summary>
    public static bool IsOfOtherForm(ReadOnlySpan<byte> value) => value is [.., OtherForm];

    /// <summary>A value that is not text as it is in the file, for people.</summary>
    public static ReadOnlySpan<byte> AsWritten(ReadOnlySpan<byte> value) => IsOfOtherForm(value) ? value[..^1] : value;

    private static bool Mark(ReadOnlySpan<byte> value, Span<byte> canonical, out int written)
    {
        value.CopyTo(canonical);
        canonical[value.Length] = OtherForm;
        written = value.Length + 1;
        return true;
    }
}
