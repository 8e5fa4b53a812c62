namespace Etl.Loader.Survey.Delimited.Encodings;

/// <summary>How likely signs beyond ASCII stand where they stand: a pound sign before a number, an apostrophe in <c>it’s</c>, not a dagger in a name.</summary>
internal static class SignPlaces
{
    private const double AtHome = -2, Possible = -5, Strange = -12;

    public static double Score(ReadOnlySpan<char> text, int at)
    {
        var (before, after) = (at > 0 ? text[at - 1] : ' ', at + 1 < text.Length ? text[at + 1] : ' ');
        var (letterBefore, letterAfter) = (char.IsLetter(before), char.IsLetter(after));
        var (digitBefore, digitAfter) = (char.IsAsciiDigit(before), char.IsAsciiDigit(after));
        return text[at] switch
        {
            '\u00A0' => AtHome / 2,
            '\u00AD' => letterBefore && letterAfter ? Possible : Strange,
            '€' or '£' or '¥' or '¢' => NearDigit(text, at) ? AtHome : letterBefore || letterAfter ? Strange : Possible,
            '’' => letterBefore && letterAfter ? Elided(text, at) ? AtHome : 2 * Possible : letterBefore ? Possible + 1 : Strange / 2,
            '‘' or '“' or '«' or '„' or '‚' or '‹' or '¿' or '¡' => !letterBefore && !digitBefore && (letterAfter || digitAfter) ? AtHome : before == ' ' && after == ' ' ? Possible : Strange,
            '”' or '»' or '›' => !letterAfter && !digitAfter && before != ' ' ? AtHome : before == ' ' && after == ' ' ? Possible : Strange,
            '–' or '—' => letterBefore && letterAfter ? char.IsLower(after) ? Strange : Possible : letterBefore || letterAfter ? Possible : AtHome,
            '…' => letterAfter ? Strange / 2 : AtHome,
            '•' or '·' => letterBefore && letterAfter ? Strange / 2 : Possible / 2,
            '°' => digitBefore || after is 'C' or 'F' or 'N' or 'S' or 'E' or 'W' or ' ' ? AtHome : before is 'n' or 'N' ? Possible / 2 : Strange,
            'º' or 'ª' => digitBefore || before is 'n' or 'N' ? AtHome : Strange,
            '®' or '™' => letterBefore && !letterAfter ? Possible : Strange,
            '©' or '§' => letterBefore || letterAfter ? Strange : AtHome,
            '²' or '³' => (letterBefore || digitBefore) && !letterAfter ? AtHome : Strange,
            'µ' => !letterBefore && letterAfter ? AtHome : Strange,
            '½' or '¼' or '¾' or '±' or '×' => letterBefore || letterAfter ? Strange : digitBefore || digitAfter ? AtHome : Possible,
            _ => Strange,
        };
    }

    private static bool NearDigit(ReadOnlySpan<char> text, int at)
    {
        var left = text[..at].TrimEnd(' ');
        var right = text[(at + 1)..].TrimStart(' ');
        return (left.Length > 0 && char.IsAsciiDigit(left[^1])) || (right.Length > 0 && char.IsAsciiDigit(right[0]));
    }

    /// <summary><c>it’s</c>, <c>l’eau</c>, <c>O’Neil</c>.</summary>
    private static bool Elided(ReadOnlySpan<char> text, int at)
    {
        var from = at;
        while (from > 0 && char.IsLetter(text[from - 1]))
        {
            from--;
        }

        var until = at + 1;
        while (until < text.Length && char.IsLetter(text[until]))
        {
            until++;
        }

        return text[(at + 1)..until] is "s" or "t" or "re" or "ve" or "ll" or "d" or "m"
            || (at - from == 1 && from == 0 | (from > 0 && !char.IsLetter(text[from - 1]))) || text[from..at] is "qu" or "Qu" or "un" or "dell" or "all" or "nell" or "sull" or "dall";
    }
}
