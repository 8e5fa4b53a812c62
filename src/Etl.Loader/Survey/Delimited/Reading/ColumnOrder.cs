using System.Runtime.InteropServices;

namespace Etl.Loader.Survey.Delimited.Reading;

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
                    : surplus is not null ? $"has the extra column '{surplus}'"
                    : $"has {Amounts.Counted(names.Count, "column")}, not {expected.Count}",
                missing ?? surplus);
        }

        return byName ? ByName(firstFile, expected, file, names) : [.. Enumerable.Range(0, names.Count)];
    }

    /// <summary>Equal names are distinguished by their order.</summary>
    private static int[] ByName(string firstFile, IReadOnlyList<string> expected, string file, IReadOnlyList<string> names)
    {
        var places = new Dictionary<string, Queue<int>>(StringComparer.Ordinal);
        for (var i = 0; i < expected.Count; i++)
        {
            (CollectionsMarshal.GetValueRefOrAddDefault(places, expected[i], out _) ??= new()).Enqueue(i);
        }

        var map = new int[names.Count];
        for (var i = 0; i < names.Count; i++)
        {
            map[i] = places.TryGetValue(names[i], out var free) && free.TryDequeue(out var place)
                ? place
                : throw Differ(firstFile, file, $"has a column '{names[i]}'", names[i]);
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
        "Deliver the files with the same columns, or as separate datasets.",
        file,
        column: column);
}
