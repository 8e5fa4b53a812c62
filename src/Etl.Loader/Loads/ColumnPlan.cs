using Etl.Loader.Ledger;
using Etl.Loader.Survey;
using Etl.Loader.Survey.Types;
using Etl.Loader.Targets;

namespace Etl.Loader.Loads;

/// <summary>
/// Settles name and type of every column: the producer's schema wins and is verified against the proof, an existing table's types are the
/// floor that only widens, what is left has the proven type; a column without any value keeps its type, or is text.
/// </summary>
internal static class ColumnPlan
{
    public static IReadOnlyList<TargetColumn> Make(LoadSpec spec, DatasetSurvey survey, ExistingTable? existing)
    {
        var names = Naming.Columns([.. survey.Columns.Select(c => c.Name)]);
        var declared = Declared(spec, survey, names);
        var known = existing?.Columns.ToDictionary(c => c.Name, StringComparer.Ordinal);
        var columns = new TargetColumn[names.Count];
        for (var i = 0; i < names.Count; i++)
        {
            var surveyed = survey.Columns[i];
            var type = declared.TryGetValue(i, out var wanted) ? Verified(spec, surveyed, wanted)
                : known is not null && known.TryGetValue(names[i], out var column) ? OnTopOf(spec, surveyed, column)
                : surveyed.Type;
            columns[i] = new TargetColumn(i, surveyed.Name, names[i], type.Kind == TypeKind.Empty ? ColumnType.Text : type);
        }

        return columns;
    }

    /// <summary>True where the producer declares the type of every column, so that there is nothing to prove.</summary>
    public static bool DeclaresAll(LoadSpec spec, DatasetSurvey survey) =>
        spec.Schema.Count > 0 && Declared(spec, survey, Naming.Columns([.. survey.Columns.Select(c => c.Name)])).Count == survey.Columns.Count;

    /// <summary>True where every column is declared or has a type in the table already.</summary>
    public static bool HasAllTypes(LoadSpec spec, DatasetSurvey survey, ExistingTable? existing)
    {
        var names = Naming.Columns([.. survey.Columns.Select(c => c.Name)]);
        var declared = Declared(spec, survey, names);
        return existing is not null
            && names.Select((name, i) => declared.ContainsKey(i) || existing.Columns.Any(c => c.Name == name && c.Type is not null)).All(known => known);
    }

    private static Dictionary<int, ColumnType> Declared(LoadSpec spec, DatasetSurvey survey, IReadOnlyList<string> names)
    {
        var declared = new Dictionary<int, ColumnType>();
        foreach (var (key, text) in spec.Schema)
        {
            var index = survey.Columns.ToList().FindIndex(c => c.Name == key);
            index = index >= 0 ? index : names.ToList().IndexOf(key);
            if (index < 0)
            {
                throw new DatasetException(
                    $"{spec.Dataset}: 'schema' names the column '{key}', which the dataset does not have; it has: {string.Join(", ", names)}.",
                    "Correct the name in the trigger's 'schema', or deliver the column.",
                    column: key);
            }

            declared[index] = ColumnTypes.TryParse(text, out var type)
                ? type.Value
                : throw new DatasetException(
                    $"{spec.Dataset}: 'schema' gives the column '{key}' the type '{text}', which is not known.",
                    "Use one of: boolean, bigint, numeric(p,s), double, date, time, timestamp, timestamptz, uuid, json, bytea, text.",
                    column: key);
        }

        return declared;
    }

    private static ColumnType Verified(LoadSpec spec, SurveyedColumn column, ColumnType wanted) =>
        column.Type.Kind == TypeKind.Empty || ColumnTypes.Holds(wanted, column.Type)
            ? wanted
            : throw NotHeld(spec, column, wanted, "'schema' declares");

    private static ColumnType OnTopOf(LoadSpec spec, SurveyedColumn column, ExistingColumn existing)
    {
        if (existing.Type is not { } floor)
        {
            return column.Type;
        }

        if (column.Type.Kind == TypeKind.Empty || ColumnTypes.Holds(floor, column.Type))
        {
            return floor;
        }

        return spec.Mode == LoadMode.Append
            ? throw NotHeld(spec, column, floor, "the table has")
            : ColumnTypes.Widen(floor, column.Type);
    }

    private static DatasetException NotHeld(LoadSpec spec, SurveyedColumn column, ColumnType wanted, string who)
    {
        var evidence = column.Excluded is { } e ? $", line {e.Line} has '{e.Value}'" : "";
        return new DatasetException(
            $"{spec.Dataset}: {who} '{column.Name}' as {ColumnTypes.Format(wanted)}, but the values are {ColumnTypes.Format(column.Type)}{evidence}.",
            $"Correct the data, or declare \"schema\": {{ \"{column.Name}\": \"{ColumnTypes.Format(column.Type)}\" }} in the trigger.",
            line: column.Excluded?.Line,
            column: column.Name);
    }
}
