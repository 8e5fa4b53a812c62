namespace Etl.Loader.Inboxes.Triggers;

/// <summary>Finds what a person probably meant: the known word with the fewest insertions, deletions, exchanges and swapped neighbours.</summary>
internal static class EditDistance
{
    /// <summary>No one mistypes a key of more characters; of longer words only the beginning is compared.</summary>
    private const int Compared = 64;

    public static string Nearest(string word, IEnumerable<string> known)
    {
        var start = Start(word);
        return known.MinBy(k => Between(start, Start(k)))!;
    }

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
