namespace Etl.Loader;

/// <summary>Finds what a person probably meant: the known word with the fewest insertions, deletions, replacements and swapped neighbours.</summary>
internal static class Nearest
{
    /// <summary>No one mistypes a key of more characters; of longer words only the beginning is compared.</summary>
    private const int Compared = 64;

    /// <param name="known">At least one.</param>
    public static string To(string word, IEnumerable<string> known)
    {
        var start = Start(word);
        return known.MinBy(k => Between(start, Start(k)))!;
    }

    /// <summary>The known words for an error message, with the nearest one where there are several.</summary>
    public static string Among(string word, IReadOnlyCollection<string> known) => known.Count switch
    {
        0 => "(none)",
        1 => known.First(),
        _ => $"{string.Join(", ", known)} (the nearest is {To(word, known)})",
    };

    public static int Between(string a, string b)
    {
        var rows = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    rows[i, j] = i + j;
                    continue;
                }

                var exchange = rows[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                rows[i, j] = Math.Min(exchange, Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
                }
            }
        }

        return rows[a.Length, b.Length];
    }

    private static string Start(string word) => word[..Math.Min(word.Length, Compared)].ToLowerInvariant();
}
