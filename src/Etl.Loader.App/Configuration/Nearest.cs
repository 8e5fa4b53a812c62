namespace Etl.Loader.App.Configuration;

/// <summary>The known word that a misspelt one most likely meant.</summary>
internal static class Nearest
{
    public static string To(string word, IEnumerable<string> known) =>
        known.MinBy(candidate => Distance(word.ToUpperInvariant(), candidate.ToUpperInvariant()))!;

    /// <summary>Letters to insert, delete or replace (Levenshtein).</summary>
    internal static int Distance(string from, string to)
    {
        var row = Enumerable.Range(0, to.Length + 1).ToArray();
        for (var i = 1; i <= from.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= to.Length; j++)
            {
                var replaced = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
