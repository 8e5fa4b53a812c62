namespace Etl.Loader.Survey.Delimited;

/// <summary>Finds the columns of one file among those of the dataset, by name.</summary>
internal static class ColumnOrder
{
    /// <param name="byName">False where the files have no header: then by position.</param>
    public static int[] Map(string firstFile, IReadOnlyList<string> expected, string file, IReadOnlyList<string> names, bool byName)
    {
        if (names.Count != expected.Count)
        {
            var missing = byName ? expected.Except(names).FirstOrDefault() : null;
            var surplus = byName ? names.Except(expected).FirstOrDefault() : null;
            throw Differ(
                firstFile,
                file,
                missing is not null ? $"lacks the column '{missing}'"
                    : surplus is not null ? $"has the column '{surplus}' more"
                    : $"has {names.Count} columns, not {expected.Count}",
                missing ?? surplus);
        }

        var map = new int[names.Count];
        var taken = new bool[names.Count];
        for (var i = 0; i < names.Count; i++)
        {
            // Equal names are told apart by their order.
            var place = byName ? Enumerable.Range(0, expected.Count).FirstOrDefault(j => !taken[j] && expected[j] == names[i], -1) : i;
            if (place < 0)
            {
                throw Differ(firstFile, file, $"has a column '{names[i]}'", names[i]);
            }

            map[i] = place;
            taken[place] = true;
        }

        return map;
    }

    /// <summary>The same the other way round: for each of the dataset's columns its place in the file's records; null where they are the same.</summary>
    public static int[]? OfRecords(string firstFile, IReadOnlyList<string> expected, string file, IReadOnlyList<string> names, bool byName)
    {
        var map = Map(firstFile, expected, file, names, byName);
        var order = new int[map.Length];
        for (var i = 0; i < map.Length; i++)
        {
            order[map[i]] = i;
        }

        return order.SequenceEqual(Enumerable.Range(0, order.Length)) ? null : order;
    }

    private static DatasetException Differ(string firstFile, string file, string how, string? column) => new(
        $"{file} {how}: all files of a dataset must have the columns of {firstFile}.",
        "Deliver the files with the same columns, or as datasets of their own.",
        file,
        column: column);
}
