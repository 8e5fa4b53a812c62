namespace Etl.Loader.Survey.Delimited.Dialects;

/// <summary>
/// Lines that two delimiters divide alike have two levels: a key of several parts inside a row, or a list inside a cell. The mark that is
/// rarer in texts is more likely the outer one; unless the file's name says so it is asked about.
/// </summary>
internal static class OuterLevel
{
    /// <summary>From the mark that is most common in texts to the one that is in none.</summary>
    private static readonly List<string> Ranks = [", ", ",", "; ", ";", "|", "\t"];

    /// <summary>So much more of the cells typed by one delimiter settles it.</summary>
    private const double Clearly = 0.2;

    private static readonly (string Extension, string Delimiter)[] Extensions = [(".tsv", "\t"), (".tab", "\t"), (".psv", "|")];

    /// <summary>The candidate that the file's extension names, where it divides every line.</summary>
    public static DialectCandidate? ByName(string file, IReadOnlyList<DialectCandidate> fitting)
    {
        var name = file.AsSpan();
        foreach (var compression in (string[])[".gz", ".zst"])
        {
            name = name.EndsWith(compression, StringComparison.OrdinalIgnoreCase) ? name[..^compression.Length] : name;
        }

        foreach (var (extension, delimiter) in Extensions)
        {
            if (name.EndsWith(extension, StringComparison.OrdinalIgnoreCase))
            {
                return fitting.FirstOrDefault(candidate => candidate.Delimiter == delimiter && candidate.DividesAll);
            }
        }

        return null;
    }

    /// <summary>A candidate that may divide the lines on a level above the best one; null: none.</summary>
    public static DialectCandidate? Of(DialectCandidate best, IReadOnlyList<DialectCandidate> fitting)
    {
        var rank = Ranks.IndexOf(best.Delimiter);
        return rank < 0 || !best.DividesAll ? null : fitting.FirstOrDefault(candidate =>
            Ranks.IndexOf(candidate.Delimiter) > rank && candidate.Delimiter[0] != best.Delimiter[0] && candidate.DividesAll && best.Typed - candidate.Typed < Clearly);
    }
}
