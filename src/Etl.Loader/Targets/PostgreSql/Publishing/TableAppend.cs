using System.Globalization;

namespace Etl.Loader.Targets.PostgreSql.Publishing;

/// <summary>
/// Adds the staged rows to an existing table: columns by name, the table's types win. Nothing is assigned that PostgreSQL would round, cut or
/// pad without saying so.
/// </summary>
internal static class TableAppend
{
    private static readonly SqlText Sql = SqlText.Load("Targets/PostgreSql/Sql/publish.sql");

    /// <summary>Declared types that take the other's values unchanged, or fail loudly where one is out of range.</summary>
    private static readonly HashSet<(string From, string To)> Safe =
    [
        ("bigint", "integer"), ("bigint", "smallint"), ("bigint", "numeric"), ("bigint", "text"), ("bigint", "character varying"),
        ("text", "character varying"), ("character varying", "text"), ("jsonb", "json"), ("date", "timestamp without time zone"),
        ("uuid", "text"), ("date", "text"), ("boolean", "text"),
    ];

    public static async Task AppendAsync(WriteTransaction session, StagedTable staged, uint table, CancellationToken token)
    {
        var staging = await PostgreSqlCatalog.StagingAsync(session, staged.Staging, token);
        var source = await PostgreSqlCatalog.ColumnsAsync(session, staging, token);
        var target = await PostgreSqlCatalog.ColumnsAsync(session, table, token);
        var byName = target.ToDictionary(c => c.Name, StringComparer.Ordinal);
        RefuseExtra(staged, source, byName);
        RefuseMissing(staged, source, target);
        foreach (var column in source)
        {
            await VerifyTypeAsync(session, staged, column, byName[column.Name], token);
        }

        await session.ExecuteAsync(Sql["exact_text"], token);
        var names = string.Join(", ", source.Select(c => Identifiers.Quote(c.Name)));
        await session.ExecuteAsync(
            $"INSERT INTO {Identifiers.Quote(staged.Table)} ({names}) OVERRIDING SYSTEM VALUE SELECT {names} FROM {Identifiers.Quote(staged.Staging)}", token);
        await session.ExecuteAsync($"DROP TABLE {Identifiers.Quote(staged.Staging)}", token);
    }

    private static void RefuseExtra(StagedTable staged, IReadOnlyList<CatalogColumn> source, Dictionary<string, CatalogColumn> target)
    {
        var extra = source.Where(c => !target.ContainsKey(c.Name)).ToList();
        if (extra.Count > 0)
        {
            var add = string.Join(", ", extra.Select(c => $"ADD COLUMN {Identifiers.Quote(c.Name)} {c.DeclaredType}"));
            throw new DatasetException(
                $"The dataset has columns that {staged.Table} has not: {string.Join(", ", extra.Select(c => $"'{c.Name}'"))}.",
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

    private static async Task VerifyTypeAsync(WriteTransaction session, StagedTable staged, CatalogColumn from, CatalogColumn to, CancellationToken token)
    {
        if (from.DeclaredType == to.DeclaredType || Safe.Contains((from.DeclaredType, to.DeclaredType)) || IsWiderNumeric(from.DeclaredType, to.DeclaredType))
        {
            return;
        }

        if (from.DeclaredType is "text" && Limit(to.DeclaredType, "character varying(") is { } length)
        {
            var column = Identifiers.Quote(from.Name);
            var tooLong = await session.ScalarAsync(
                $"SELECT {column} FROM {Identifiers.Quote(staged.Staging)} WHERE char_length({column}) > $1 LIMIT 1", token, length);
            if (tooLong is null)
            {
                return;
            }

            throw new DatasetException(
                $"Column '{from.Name}' of {staged.Table} is {to.DeclaredType}; the dataset has longer values.",
                $"Run: ALTER TABLE {Identifiers.Quote(staged.Table)} ALTER COLUMN {column} TYPE text;",
                column: from.Name);
        }

        throw new DatasetException(
            $"Column '{from.Name}' of {staged.Table} is {to.DeclaredType}; the dataset's is {from.DeclaredType}, which does not fit without loss.",
            $"Write \"schema\": {{ \"{from.Name}\": \"{to.DeclaredType}\" }} in the trigger to have each value checked, or run: "
            + $"ALTER TABLE {Identifiers.Quote(staged.Table)} ALTER COLUMN {Identifiers.Quote(from.Name)} TYPE {from.DeclaredType};",
            column: from.Name);
    }

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

        return PostgreSqlTypes.Read(from) is { } a && PostgreSqlTypes.Read(to) is { Kind: Survey.TypeKind.Numeric } b
            && b.Scale >= a.Scale && b.Precision - b.Scale >= a.Precision - a.Scale;
    }

    private static int? Limit(string declared, string prefix) =>
        declared.StartsWith(prefix, StringComparison.Ordinal) ? int.Parse(declared[prefix.Length..^1], CultureInfo.InvariantCulture) : null;
}
