using Npgsql;

namespace Etl.Loader.Targets.PostgreSql.Publishing;

/// <summary>
/// Adds the staged rows to an existing table: columns by name, the table's types win. Nothing is assigned that PostgreSQL would round, cut or
/// pad without saying so.
/// </summary>
internal static class Append
{
    private static readonly SqlText Sql = SqlText.Load("Targets/PostgreSql/Sql/publish.sql");

    /// <summary>Declared types that take the other's values unchanged, or fail loudly where one is out of range.</summary>
    private static readonly HashSet<(string From, string To)> Safe =
    [
        ("bigint", "integer"), ("bigint", "smallint"), ("bigint", "numeric"), ("bigint", "text"), ("bigint", "character varying"),
        ("text", "character varying"), ("character varying", "text"), ("jsonb", "json"), ("date", "timestamp without time zone"),
        ("uuid", "text"), ("date", "text"), ("boolean", "text"),
    ];

    /// <summary>Throws <see cref="DatasetException"/> where a row could not come to be in the table as it was delivered.</summary>
    public static async Task AppendAsync(WriteTransaction session, StagedTable staged, uint table, CancellationToken token)
    {
        var staging = await Catalog.StagingAsync(session, staged.Staging, token);
        var source = await Catalog.ColumnsAsync(session, staging, token);
        var target = await Catalog.ColumnsAsync(session, table, token);
        var byName = target.ToDictionary(c => c.Name, StringComparer.Ordinal);
        RefuseExtra(staged, source, byName);
        RefuseMissing(staged, source, target);
        await session.ExecuteAsync(Sql["exact_text"], token);
        var values = new List<(string Name, string Value, string Type)>();
        foreach (var column in source)
        {
            var to = byName[column.Name];
            values.Add((Identifiers.Quote(column.Name), await ValueAsync(session, staged, column, to, token), to.DeclaredType));
        }

        var arrivals = await Arrivals.OfAsync(session, staged, table, token);
        await arrivals.InsertAsync(values, token);
        await session.ExecuteAsync($"DROP TABLE {Identifiers.Quote(staged.Staging)}", token);
    }

    private static void RefuseExtra(StagedTable staged, IReadOnlyList<CatalogColumn> source, Dictionary<string, CatalogColumn> target)
    {
        var extra = source.Where(c => !target.ContainsKey(c.Name)).ToList();
        if (extra.Count > 0)
        {
            var add = string.Join(", ", extra.Select(c => $"ADD COLUMN {Identifiers.Quote(c.Name)} {c.DeclaredType}"));
            throw new DatasetException(
                $"The dataset has columns that {staged.Table} does not have: {string.Join(", ", extra.Select(c => $"'{c.Name}'"))}.",
                $"Run: ALTER TABLE {Identifiers.Quote(staged.Table)} {add};",
                column: extra[0].Name);
        }

        if (source.FirstOrDefault(c => target[c.Name].Generated) is { } generated)
        {
            throw new DatasetException(
                $"Column '{generated.Name}' of {staged.Table} is computed and takes no values.", "Leave it out of the dataset.", column: generated.Name);
        }
    }

    private static void RefuseMissing(StagedTable staged, IReadOnlyList<CatalogColumn> source, IReadOnlyList<CatalogColumn> target)
    {
        var given = source.Select(c => c.Name).ToHashSet(StringComparer.Ordinal);
        if (target.FirstOrDefault(c => !given.Contains(c.Name) && !c.Nullable && !c.HasDefault) is { } missing)
        {
            throw new DatasetException(
                $"Column '{missing.Name}' of {staged.Table} may not be null, has no default, and is not in the dataset.",
                $"Deliver the column, or run: ALTER TABLE {Identifiers.Quote(staged.Table)} ALTER COLUMN {Identifiers.Quote(missing.Name)} DROP NOT NULL;",
                column: missing.Name);
        }
    }

    /// <summary>The value as it is inserted. What is not known to go in unchanged goes by its text, and every one must come back as it was.</summary>
    private static async Task<string> ValueAsync(WriteTransaction session, StagedTable staged, CatalogColumn from, CatalogColumn to, CancellationToken token)
    {
        var column = Identifiers.Quote(from.Name);
        if (from.DeclaredType == to.DeclaredType || Safe.Contains((from.DeclaredType, to.DeclaredType)) || IsWiderNumeric(from.DeclaredType, to.DeclaredType))
        {
            return column;
        }

        // A time without a zone would be given one.
        var stored = $"CAST(CAST({column} AS text) AS {to.DeclaredType})";
        if (from.DeclaredType.EndsWith("with time zone", StringComparison.Ordinal) != to.BaseType.EndsWith("with time zone", StringComparison.Ordinal)
            && from.DeclaredType != "text")
        {
            throw Misfit(staged, from, to, "");
        }

        object? first;
        try
        {
            first = await session.ScalarAsync(
                $"SELECT left(CAST({column} AS text), 100) FROM {Identifiers.Quote(staged.Staging)} "
                + $"WHERE CAST(CAST({stored} AS text) AS {from.DeclaredType}) IS DISTINCT FROM {column}"
                // Some types have a text that differs from what is read of them: inet's has a mask.
                + $"{(from.DeclaredType == "text" ? $" AND format('%s', {stored}) IS DISTINCT FROM {column}" : "")} LIMIT 1",
                token);
        }
        catch (PostgresException exception) when (exception.SqlState[..2] is "22" or "23" or "42")
        {
            throw Misfit(staged, from, to, $": {exception.MessageText}", exception);
        }

        return first is null ? stored : throw Misfit(staged, from, to, $": '{first}' would be changed");
    }

    private static DatasetException Misfit(StagedTable staged, CatalogColumn from, CatalogColumn to, string evidence, Exception? inner = null) => new(
        $"Column '{from.Name}' of {staged.Table} is {to.DeclaredType}; the dataset's is {from.DeclaredType}, which does not fit without loss{evidence}.",
        (Types.Read(to.DeclaredType) is { } type
            ? $"Write \"schema\": {{ \"{from.Name}\": \"{Survey.Types.ColumnTypes.Format(type)}\" }} in the trigger to have each value checked, or run: "
            : "Correct the data, or run: ")
        + $"ALTER TABLE {Identifiers.Quote(staged.Table)} ALTER COLUMN {Identifiers.Quote(from.Name)} TYPE {from.DeclaredType}"
        + $"{(Types.Read(to.DeclaredType) is null ? $" USING {Identifiers.Quote(from.Name)}::text::{from.DeclaredType}" : "")};",
        column: from.Name,
        inner: inner);

    private static bool IsWiderNumeric(string from, string to)
    {
        if (!from.StartsWith("numeric(", StringComparison.Ordinal))
        {
            return false;
        }

        if (to == "numeric")
        {
            return true;
        }

        return Types.Read(from) is { } a && Types.Read(to) is { Kind: Survey.TypeKind.Numeric } b
            && b.Scale >= a.Scale && b.Precision - b.Scale >= a.Precision - a.Scale;
    }
}
