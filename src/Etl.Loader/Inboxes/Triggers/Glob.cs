namespace Etl.Loader.Inboxes.Triggers;

/// <summary>
/// Patterns of the manifest's <c>files</c> and of rules: '*' stands for any characters, '?' for one, <c>[a-c7]</c> for one of these and
/// <c>[!a-c7]</c> for one of the others, none of them for '/'. A bracket that is not closed, quotes and all else stand for themselves.
/// </summary>
internal static class Glob
{
    public static bool IsPattern(string text) => text.AsSpan().IndexOfAny('*', '?') >= 0 || (text.IndexOf('[', StringComparison.Ordinal) is >= 0 and var open && SetLength(text.AsSpan(open)) > 0);

    public static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text)
    {
        // The classic walk with one point to come back to: linear in practice, and no pattern makes it exponential.
        int p = 0, t = 0, star = -1, resume = 0;
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++;
                resume = t;
            }
            else if (p < pattern.Length && MatchesOne(pattern[p..], text[t], out var length))
            {
                p += length;
                t++;
            }
            else if (star >= 0 && text[resume] != '/')
            {
                p = star + 1;
                t = ++resume;
            }
            else
            {
                return false;
            }
        }

        while (p < pattern.Length && pattern[p] == '*')
        {
            p++;
        }

        return p == pattern.Length;
    }

    /// <param name="length">Of what stands for the character in the pattern.</param>
    private static bool MatchesOne(ReadOnlySpan<char> pattern, char c, out int length)
    {
        length = pattern[0] == '[' && SetLength(pattern) is > 0 and var set ? set : 1;
        return length > 1 ? c != '/' && InSet(pattern[1..(length - 1)], c) : pattern[0] == c || (pattern[0] == '?' && c != '/');
    }

    /// <summary>Length of a set with its brackets; 0: the bracket stands for itself. A ']' right behind the opening is one of the set.</summary>
    private static int SetLength(ReadOnlySpan<char> pattern)
    {
        var from = pattern.Length > 1 && pattern[1] is '!' or '^' ? 3 : 2;
        var close = pattern.Length > from ? pattern[from..].IndexOf(']') : -1;
        return close < 0 || pattern[..(from + close)].Contains('/') ? 0 : from + close + 1;
    }

    private static bool InSet(ReadOnlySpan<char> set, char c)
    {
        var others = set[0] is '!' or '^';
        set = others ? set[1..] : set;
        for (var i = 0; i < set.Length; i++)
        {
            var range = i + 2 < set.Length && set[i + 1] == '-';
            if (range ? c >= set[i] && c <= set[i + 2] : c == set[i])
            {
                return !others;
            }

            i += range ? 2 : 0;
        }

        return others;
    }
}
