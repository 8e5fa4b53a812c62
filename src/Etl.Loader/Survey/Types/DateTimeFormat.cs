namespace Etl.Loader.Survey.Types;

/// <summary>
/// A date or timestamp format as producers write it in a manifest: <c>yyyy MM M dd d HH H hh h mm ss f…ffffff tt MMM</c> with the meaning
/// they have in .NET, everything else stands for itself, letters in quotes. Two-digit years are refused: their century is a guess.
/// </summary>
internal sealed class DateTimeFormat
{
    private static readonly string[] Months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

    private readonly List<(char Token, int Count)> _parts = [];

    private DateTimeFormat()
    {
    }

    /// <summary>Throws <see cref="LoaderException"/> naming the part that is not understood.</summary>
    public static DateTimeFormat Parse(string text)
    {
        var format = new DateTimeFormat();
        for (var i = 0; i < text.Length;)
        {
            var c = text[i];
            var count = 1;
            while (i + count < text.Length && text[i + count] == c)
            {
                count++;
            }

            if (c is '\'' or '"')
            {
                var end = text.IndexOf(c, i + 1);
                if (end < 0)
                {
                    throw Refuse(text, text[i..]);
                }

                format._parts.AddRange(text[(i + 1)..end].Select(literal => (literal, 0)));
                i = end + 1;
                continue;
            }

            var known = (c, count) is ('y', 4) or ('M', <= 3) or ('d' or 'H' or 'h' or 'm' or 's', <= 2) or ('f', <= 6) or ('t', 2);
            if ((char.IsAsciiLetter(c) && !known && (c, count) is not ('T' or 'Z', 1)) || c > 127)
            {
                throw Refuse(text, new string(c, count));
            }

            if (known)
            {
                format._parts.Add((c, count));
            }
            else
            {
                format._parts.AddRange(Enumerable.Repeat((c, 0), count));
            }

            i += count;
        }

        if (!format.Has('y') || !format.Has('M') || !format.Has('d') || format.Has('h') != format.Has('t'))
        {
            throw new LoaderException($"The format '{text}' does not name year, month and day (and tt with h).", "Write it like \"dd.MM.yyyy\".");
        }

        return format;
    }

    /// <summary>False for what is not of this format or no day of the calendar.</summary>
    public bool TryRead(ReadOnlySpan<byte> text, out CivilMoment moment)
    {
        int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, micros = 0, half = -1, at = 0;
        moment = default;
        foreach (var (token, count) in _parts)
        {
            int number;
            switch (token, count)
            {
                case (_, 0):
                    if (at >= text.Length || text[at++] != token)
                    {
                        return false;
                    }

                    continue;
                case ('M', 3):
                    number = MonthAt(text[at..]);
                    at += 3;
                    break;
                case ('t', _):
                    half = at + 2 <= text.Length && (text[at + 1] | 0x20) == 'm' ? (text[at] | 0x20) switch { 'a' => 0, 'p' => 12, _ => -1 } : -1;
                    number = half;
                    at += 2;
                    break;
                default:
                    number = NumberAt(text, ref at, count, count == 1 && token != 'f' ? 2 : count);
                    break;
            }

            if (number < 0)
            {
                return false;
            }

            switch (token)
            {
                case 'y': year = number; break;
                case 'M': month = number; break;
                case 'd': day = number; break;
                case 'H' or 'h': hour = number; break;
                case 'm': minute = number; break;
                case 's': second = number; break;
                case 'f': micros = number * (int)Math.Pow(10, 6 - count); break;
            }
        }

        if (half >= 0)
        {
            if (hour is < 1 or > 12)
            {
                return false;
            }

            hour = hour % 12 + half;
        }

        moment = new(year, month, day, hour, minute, second, micros);
        return at == text.Length && ValueParser.TryDays(year, month, day, out _) && hour <= 23 && minute <= 59 && second <= 59;
    }

    private static LoaderException Refuse(string format, string part) =>
        new($"The format '{format}' has '{part}', which is not one of yyyy MM M MMM dd d HH H hh h mm ss f tt.", "Put literal letters in quotes.");

    private static int MonthAt(ReadOnlySpan<byte> text)
    {
        for (var i = 0; text.Length >= 3 && i < Months.Length; i++)
        {
            if ((text[0] | 0x20) == Months[i][0] && (text[1] | 0x20) == Months[i][1] && (text[2] | 0x20) == Months[i][2])
            {
                return i + 1;
            }
        }

        return -1;
    }

    private static int NumberAt(ReadOnlySpan<byte> text, ref int at, int least, int most)
    {
        var number = 0;
        var digits = 0;
        for (; digits < most && at < text.Length && text[at] is >= (byte)'0' and <= (byte)'9'; digits++, at++)
        {
            number = number * 10 + text[at] - '0';
        }

        return digits >= least ? number : -1;
    }

    private bool Has(char token) => _parts.Exists(part => part.Token == token && part.Count > 0);
}
