using System.Globalization;

namespace Etl.Loader.Survey.Types;

/// <summary>A date and a time of day as they were written, without zone.</summary>
internal readonly record struct CivilMoment(int Year, int Month, int Day, int Hour, int Minute, int Second, int Micros)
{
    /// <summary>Days since 2000-01-01; 0 for the default value.</summary>
    public int Days => ValueParser.TryDays(Year, Month, Day, out var days) ? days : 0;

    /// <summary>Writes <c>yyyy-MM-dd</c>.</summary>
    public int WriteDate(Span<byte> text)
    {
        var written = Write(text, Year, "D4");
        text[written++] = (byte)'-';
        written += Write(text[written..], Month, "D2");
        text[written++] = (byte)'-';
        return written + Write(text[written..], Day, "D2");
    }

    /// <summary>Writes <c>yyyy-MM-dd HH:mm:ss</c>, with six decimals where there is a fraction.</summary>
    public int WriteTimestamp(Span<byte> text)
    {
        var written = WriteDate(text);
        text[written++] = (byte)' ';
        written += Write(text[written..], Hour, "D2");
        text[written++] = (byte)':';
        written += Write(text[written..], Minute, "D2");
        text[written++] = (byte)':';
        written += Write(text[written..], Second, "D2");
        if (Micros != 0)
        {
            text[written++] = (byte)'.';
            written += Write(text[written..], Micros, "D6");
        }

        return written;
    }

    private static int Write(Span<byte> text, int number, string format)
    {
        number.TryFormat(text, out var written, format, CultureInfo.InvariantCulture);
        return written;
    }
}
