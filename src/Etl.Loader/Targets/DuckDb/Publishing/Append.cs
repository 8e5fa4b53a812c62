using Etl.Loader.Targets.DuckDb.Staging;

namespace Etl.Loader.Targets.DuckDb.Publishing;

/// <summary>Adds the staged rows to the table: columns by name, the table's types win, what the dataset lacks gets its default or null.</summary>
internal static class Append
{
    /// <param name="before">Rows that the table has.</param>
    public static void Run(Session session, TableName table, StagedTable load, string dataset, long before)
    {
        var staging = load.Name;
        var existing = Catalog.ColumnsOf(session, table).ToDictionary(c => c.Name, StringComparer.OrdinalIgnoreCase);
        var staged = Catalog.ColumnsOf(session, staging);
        RefuseExtra(table, dataset, staged, existing);
        RefuseMissing(table, dataset, staged, existing.Values);

        var values = staged.Select(s => Value(s, existing[s.Name]));
        try
        {
            session.Execute(
                $"INSERT INTO {Identifiers.Quote(table)} ({string.Join(", ", staged.Select(s => Identifiers.Quote(s.Name)))}) "
                + $"SELECT {string.Join(", ", values)} FROM {Identifiers.Quote(staging)}");
        }
        catch (DuckDbStatementException exception) when (Faults.IsOfTheData(exception))
        {
            throw new DatasetException(
                $"{dataset}: the rows do not fit {table}: {ErrorCodes.FirstLines(exception.Message)}",
                "Correct the data, or change the table, and deliver again.",
                inner: exception);
        }

        var stored = StagingTable.Count(session, table) - before;
        if (stored != load.Rows.Loaded)
        {
            throw new InvalidOperationException($"{dataset}: {table} took {Amounts.Count(stored)} of {Amounts.Counted(load.Rows.Loaded, "row")}.");
        }

        session.Execute($"DROP TABLE {Identifiers.Quote(staging)}");
    }

    private static string Value(CatalogueColumn staged, CatalogueColumn existing)
    {
        var value = Identifiers.Quote(staged.Name);
        return staged.Type == existing.Type ? value : ExactCast.Make(value, staged.Type, existing.Type, staged.Name);
    }

    private static void RefuseExtra(
        TableName table, string dataset, IReadOnlyList<CatalogueColumn> staged, Dictionary<string, CatalogueColumn> existing)
    {
        var extra = staged.Where(s => !existing.ContainsKey(s.Name)).ToList();
        if (extra.Count > 0)
        {
            var alter = string.Join(" ", extra.Select(c => $"ALTER TABLE {Identifiers.Quote(table)} ADD COLUMN {Identifiers.Quote(c.Name)} {c.Type};"));
            throw new DatasetException(
                $"{dataset}: {table} has no column {string.Join(", ", extra.Select(c => $"'{c.Name}'"))}.",
                $"Add it and requeue the load: {alter}",
                column: extra[0].Name);
        }
    }

    private static void RefuseMissing(
        TableName table, string dataset, IReadOnlyList<CatalogueColumn> staged, IEnumerable<CatalogueColumn> existing)
    {
        var missing = existing.Where(e => !e.Nullable && e.Default is null && staged.All(s => !s.Name.Equals(e.Name, StringComparison.OrdinalIgnoreCase)));
        if (missing.FirstOrDefault() is { } column)
        {
            throw new DatasetException(
                $"{dataset}: the column '{column.Name}' of {table} is NOT NULL and has no default, and the dataset does not have it.",
                "Deliver the column, or give it a default.",
                column: column.Name);
        }
    }
}
