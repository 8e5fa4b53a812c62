using System.Globalization;
using Etl.Loader.Inboxes.Triggers;
using Etl.Loader.Ledger;
using Etl.Loader.Survey;
using Etl.Loader.Targets;

namespace Etl.Loader.Loads;

/// <summary>
/// Which columns of a dataset are loaded, and under which names. A column is its name in the dataset: it keeps the name that it had in the table, in
/// whatever order the columns come. Names that would be equal are numbered when they first appear, and keep their numbers.
/// </summary>
internal static class ColumnSelection
{
    /// <summary>A name for each of the dataset's columns; null: it is not loaded. Throws <see cref="DatasetException"/> where that cannot be said for certain.</summary>
    public static IReadOnlyList<string?> NamesOf(LoadSpec spec, DatasetSurvey survey, ExistingTable? existing)
    {
        var sources = survey.Columns.Select(c => c.Name).ToList();
        var names = new string?[sources.Count];
        var find = Finder(spec, sources);
        foreach (var (column, name) in spec.Columns?.Rename ?? new Dictionary<string, string>())
        {
            names[find(column, "rename")] = name;
        }

        var loaded = Loaded(spec, sources.Count, find);
        for (var i = 0; i < names.Length; i++)
        {
            names[i] = loaded[i] ? names[i] : null;
        }

        Fill(spec, sources, loaded, names, KnownColumns.Of(existing));
        return names.Any(name => name is not null) ? names : throw new DatasetException(
            $"{spec.Dataset}: \"columns\" leaves no column to load.", "Name fewer columns in \"drop\", and deliver the trigger again.");
    }

    /// <summary>Gives a name to each loaded column that has none.</summary>
    private static void Fill(LoadSpec spec, List<string> sources, bool[] loaded, string?[] names, IReadOnlyList<KnownColumn> known)
    {
        var taken = new ColumnNames();
        foreach (var (name, i) in names.Select((name, i) => (name, i)))
        {
            if (name is not null && taken.Take(name) != name)
            {
                throw new DatasetException($"{spec.Dataset}: \"rename\" gives two columns the name '{name}'.", "Give each column its own name.", column: sources[i]);
            }
        }

        var given = names.OfType<string>().ToHashSet(StringComparer.Ordinal);
        known = [.. known.Where(k => !given.Contains(k.Name))];
        var bySource = known.GroupBy(k => k.Source, StringComparer.Ordinal).ToDictionary(g => g.Key, g => new Queue<KnownColumn>(g), StringComparer.Ordinal);
        foreach (var column in known)
        {
            taken.Take(column.Name);
        }

        // Equal names are distinguished by their order: there is nothing else.
        var open = new List<int>();
        for (var i = 0; i < names.Length; i++)
        {
            if (loaded[i] && names[i] is null)
            {
                names[i] = bySource.TryGetValue(sources[i], out var same) && same.TryDequeue(out var column) ? column.Name : null;
                open.AddRange(names[i] is null ? [i] : []);
            }
        }

        var here = names.OfType<string>().ToHashSet(StringComparer.Ordinal);
        var byStem = known.ToLookup(k => k.Stem, StringComparer.Ordinal);
        var openByStem = open.CountBy(i => StemOf(sources, i)).ToDictionary();
        foreach (var i in open)
        {
            var stem = StemOf(sources, i);
            var absent = byStem[stem].Where(k => !here.Contains(k.Name)).ToList();
            names[i] = absent.Count == 0 ? taken.Take(stem)
                // The one column of that name, spelled in another way.
                : byStem[stem].Count() == 1 && openByStem[stem] == 1 ? absent[0].Name
                : throw Unsure(spec, sources[i], absent);
        }
    }

    private static string StemOf(List<string> sources, int i) => KnownColumn.StemOf(sources[i]) is { Length: > 0 } stem
        ? stem
        : string.Create(CultureInfo.InvariantCulture, $"column_{i + 1}");

    private static bool[] Loaded(LoadSpec spec, int count, Func<string, string, int> find)
    {
        var loaded = new bool[count];
        Array.Fill(loaded, spec.Columns?.Only is null);
        foreach (var column in spec.Columns?.Only ?? [])
        {
            loaded[find(column, "only")] = true;
        }

        foreach (var column in spec.Columns?.Drop ?? [])
        {
            loaded[find(column, "drop")] = false;
        }

        return loaded;
    }

    /// <summary>Finds a column by its name in the dataset, or else by that name as tables have it.</summary>
    private static Func<string, string, int> Finder(LoadSpec spec, List<string> sources)
    {
        if (spec.Columns is null)
        {
            return (_, _) => -1;
        }

        var exact = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < sources.Count; i++)
        {
            exact.TryAdd(sources[i], i);
        }

        var stems = Enumerable.Range(0, sources.Count).ToLookup(i => StemOf(sources, i), StringComparer.Ordinal);
        return (name, key) => exact.TryGetValue(name, out var index) ? index
            : stems[name].ToList() is var found && found.Count == 1 ? found[0]
            : throw new DatasetException(
                $"{spec.Dataset}: \"columns\" names {Shown.Name(name)} in \"{key}\", "
                + (found.Count > 1 ? $"which may be any of {string.Join(", ", found.Select(i => $"'{sources[i]}'"))}." : "which the dataset does not have."),
                found.Count > 1 ? "Write the name as the file has it." : $"The nearest that it has is '{Nearest.To(name, sources)}'.",
                column: name);
    }

    private static DatasetException Unsure(LoadSpec spec, string source, List<KnownColumn> absent) => new(
        $"{spec.Dataset}: the column {Shown.Name(source)} is new, and may be what the table has as {string.Join(" or ", absent.Select(k => $"'{k.Name}' (delivered as '{k.Source}')"))}.",
        $"Say which in the trigger: \"columns\": {{ \"rename\": {{ \"{source}\": \"{absent[0].Name}\" }} }}, or another name for a new column.",
        column: source);
}
