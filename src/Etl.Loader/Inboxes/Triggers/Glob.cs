namespace Etl.Loader.Inboxes.Triggers;

/// <summary>
/// Patterns of the manifest's <c>files</c> and of rules: '*' stands for any characters and '?' for one, never for '/'. Brackets, quotes and all
/// else stand for themselves.
/// </summary>
internal static class Glob
{
    public static bool IsPattern(string text) => text.AsSpan().IndexOfAny('*', '?') >= 0;

    public static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text)
    {
        // The classic walk with one point to come back to: linear in practice, and no pattern makes it exponential.
        int p = 0, t = 0, star = -1, resume = 0;
        while (t < text.Length)
        {
            if (p < pattern.Length && (pattern[p] == text[t] || (pattern[p] == '?' && text[t] != '/')) && pattern[p] != '*')
            {
                p++;
                t++;
            }
            else if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++;
                resume = t;
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
}
