using Etl.Loader.Inboxes.Triggers;
using Etl.Loader.Ledger;
using Etl.Loader.Survey;
using Etl.Loader.Survey.Types;
using Etl.Loader.Targets;

namespace Etl.Loader.Loads;

/// <summary>
/// Settles name and type of every column: the producer's schema wins and each value is held against it, an existing table's types are the
/// floor that only widens, what is left has the proven type; a column without any value keeps its type, or is text.
/// </summary>
internal static class ColumnPlan
{
    /// <summary>A message is read by people: of thousands of columns it names so many.</summary>
    private const int MostListed = 100;

    /// <summary>
    /// Throws <see cref="DatasetException"/> for a dataset without a column, and for a declared type that some value does not fit where no
    /// rows may be rejected.
    /// </summary>
    /// <param name="target">Has the last word on proven types; null: whatever holds all of them.</param>
    /// <param name="firstMisfit">Finds the first value of a column that a type does not take, for the message; null: what the survey noted.</param>
    public static IReadOnlyList<TargetColumn> Make(
        LoadSpec spec, DatasetSurvey survey, ExistingTable? existing, ILoadTarget? target, Func<int, ColumnType, TypeExclusion?>? firstMisfit = null)
    {
        if (survey.Columns.Count == 0)
        {
            throw NoColumn(spec, survey);
        }

        var names = ColumnSelection.NamesOf(spec, survey, existing);
        var declared = Declared(spec, survey, names);
        var known = existing?.Columns.ToDictionary(c => c.Name, StringComparer.Ordinal);
        var columns = new List<TargetColumn>(names.Count);
        for (var i = 0; i < names.Count; i++)
        {
            if (names[i] is not { } name)
            {
                continue;
            }

            var surveyed = survey.Columns[i];
            var column = known?.GetValueOrDefault(name);
            if (column is { Type: null } && spec.Mode == LoadMode.Replace && !declared.ContainsKey(i))
            {
                throw TypeLost(spec, surveyed, column);
            }

            var proven = column is not null ? OnTopOf(spec, surveyed, column) : surveyed.Type;
            var type = declared.TryGetValue(i, out var wanted) ? wanted : target?.Storable(proven) ?? proven;
            if (spec.RejectsMax == 0 && IsMisfit(surveyed, type, isDeclared: declared.ContainsKey(i)))
            {
                throw NotHeld(spec, surveyed, type, firstMisfit?.Invoke(i, type) ?? surveyed.Excluded, isDeclared: declared.ContainsKey(i));
            }

            columns.Add(new TargetColumn(i, surveyed.Name, name, type.Kind == TypeKind.Empty ? ColumnType.Text : type));
        }

        return columns;
    }

    /// <summary>True where the producer declares the type of every column, so that there is nothing to prove.</summary>
    public static bool DeclaresAll(LoadSpec spec, DatasetSurvey survey, ExistingTable? existing)
    {
        if (spec.Schema.Count == 0)
        {
            return false;
        }

        var names = ColumnSelection.NamesOf(spec, survey, existing);
        var declared = Declared(spec, survey, names);
        return Enumerable.Range(0, names.Count).All(i => names[i] is null || declared.ContainsKey(i));
    }

    /// <summary>The type that each of the dataset's columns is read for: text where it is not loaded.</summary>
    public static IReadOnlyList<ColumnType> TypesOf(DatasetSurvey survey, IReadOnlyList<TargetColumn> columns)
    {
        var types = new ColumnType[survey.Columns.Count];
        Array.Fill(types, ColumnType.Text);
        foreach (var column in columns)
        {
            types[column.Ordinal] = column.Type;
        }

        return types;
    }

    /// <summary>True where every column is declared or has a type in the table already.</summary>
    public static bool HasAllTypes(LoadSpec spec, DatasetSurvey survey, ExistingTable? existing)
    {
        var names = ColumnSelection.NamesOf(spec, survey, existing);
        var declared = Declared(spec, survey, names);
        var typed = existing?.Columns.Where(c => c.Type is not null).Select(c => c.Name).ToHashSet(StringComparer.Ordinal);
        return typed is not null && names.Select((name, i) => name is null || declared.ContainsKey(i) || typed.Contains(name)).All(known => known);
    }

    private static Dictionary<int, ColumnType> Declared(LoadSpec spec, DatasetSurvey survey, IReadOnlyList<string?> names)
    {
        var declared = new Dictionary<int, ColumnType>();
        if (spec.Schema.Count == 0)
        {
            return declared;
        }

        var delivered = Places([.. survey.Columns.Select(c => c.Name)]);
        var named = Places(names);
        foreach (var (key, text) in spec.Schema)
        {
            if (!delivered.TryGetValue(key, out var index) && !named.TryGetValue(key, out index))
            {
                throw new DatasetException(
                    $"{spec.Dataset}: 'schema' names the column {Shown.Name(key)}, which the dataset does not have; it has: {Listed([.. survey.Columns.Select(c => c.Name)])}.",
                    "Correct the name in the trigger's 'schema', or deliver the column.",
                    column: key);
            }

            declared[index] = ColumnTypes.TryParse(text, out var type)
                ? type.Value
                : throw new DatasetException(
                    $"{spec.Dataset}: 'schema' gives the column {Shown.Name(key)} the type {Shown.Name(text)}, which is not known.",
                    "Use one of: boolean, smallint, integer, bigint, numeric(p,s), double, date, time, timestamp, timestamptz, uuid, json, bytea, varchar(n), text.",
                    column: key);
        }

        return declared;
    }

    /// <summary>Where each name stands first.</summary>
    private static Dictionary<string, int> Places(IReadOnlyList<string?> names)
    {
        var places = new Dictionary<string, int>(names.Count, StringComparer.Ordinal);
        for (var i = 0; i < names.Count; i++)
        {
            if (names[i] is { } name)
            {
                places.TryAdd(name, i);
            }
        }

        return places;
    }

    private static string Listed(IReadOnlyList<string> names) =>
        string.Join(", ", names.Take(MostListed)) + (names.Count > MostListed ? $" and {names.Count - MostListed} more" : "");

    private static ColumnType OnTopOf(LoadSpec spec, SurveyedColumn column, ExistingColumn existing)
    {
        if (existing.Type is not { } floor)
        {
            return column.Type;
        }

        // Of an append the table's types win, and each value is held against them like against a declared one.
        return spec.Mode == LoadMode.Append || column.Type.Kind == TypeKind.Empty
            ? spec.Mode == LoadMode.Append ? floor : ColumnTypes.Unlimited(floor)
            : ColumnTypes.Widen(ColumnTypes.Unlimited(floor), column.Type);
    }

    /// <summary>A replace makes the columns again, of the types that we write: others would be lost without a word.</summary>
    private static DatasetException TypeLost(LoadSpec spec, SurveyedColumn column, ExistingColumn existing) => new(
        $"{spec.Dataset}: replacing the table would lose the type {existing.DeclaredType} of its column '{existing.Name}'.",
        $"Say what it is to become, \"schema\": {{ \"{column.Name}\": \"{ColumnTypes.Format(column.Type.Kind == TypeKind.Empty ? ColumnType.Text : column.Type)}\" }}, "
        + "load with \"mode\": \"append\", which keeps it, or name another table.",
        column: column.Name);

    /// <summary>
    /// True when it is known already that the type does not take some value, so that nothing is copied without success. What the proof leaves open is
    /// settled by copying: the proof asks for more than a declaration does (one casing of booleans, UTC, no NaN).
    /// </summary>
    private static bool IsMisfit(SurveyedColumn column, ColumnType type, bool isDeclared)
    {
        if (column.Type.Kind == TypeKind.Empty || ColumnTypes.Holds(type, column.Type))
        {
            return false;
        }

        if (type.Kind == TypeKind.Text || (type.Kind == TypeKind.Integer && column.Type.Kind == TypeKind.BigInt))
        {
            // Whether each value is short or small enough shows while it is copied.
            return false;
        }

        if (!isDeclared)
        {
            return true;
        }

        return (type.Kind, column.Type.Kind) switch
        {
            (TypeKind.Float8, TypeKind.BigInt or TypeKind.Numeric) or (TypeKind.Json, _) => false,
            (TypeKind.BigInt or TypeKind.Integer, TypeKind.Text) => column.Excluded?.Narrower is TypeKind.BigInt or TypeKind.Numeric,
            (TypeKind.Numeric or TypeKind.Date or TypeKind.Time or TypeKind.Uuid, TypeKind.Text) => column.Excluded?.Narrower == type.Kind,
            (_, TypeKind.Text) => false,
            _ => true,
        };
    }

    /// <summary>JSON lines name their columns in each record: without one, a reload would leave none of the table's columns.</summary>
    private static DatasetException NoColumn(LoadSpec spec, DatasetSurvey survey) => new(
        $"{spec.Dataset} has no column: {(survey.Rows == 0 ? "it has no record" : $"none of its {Amounts.Counted(survey.Rows, "line")} is a record with a key")}.",
        "Deliver it with at least one record that has a key; a table without rows can be delivered as CSV, with its header alone.");

    private static DatasetException NotHeld(LoadSpec spec, SurveyedColumn column, ColumnType wanted, TypeExclusion? first, bool isDeclared)
    {
        var evidence = first is null ? "" : $", line {first.Line} has '{first.Value}'";
        const string rejects = "or allow rejects: \"rejects\": { \"max\": 100 }.";
        return new DatasetException(
            $"{spec.Dataset}: {(isDeclared ? "'schema' declares" : "the table has")} '{column.Name}' as {ColumnTypes.Format(wanted)}, "
            + $"but the values are {ColumnTypes.Format(column.Type)}{evidence}.",
            isDeclared
                ? $"Correct the data, declare \"schema\": {{ \"{column.Name}\": \"{ColumnTypes.Format(column.Type)}\" }} in the trigger, {rejects}"
                : $"Correct the data, alter the column in the table, {rejects}",
            line: first?.Line,
            column: column.Name);
    }
}
