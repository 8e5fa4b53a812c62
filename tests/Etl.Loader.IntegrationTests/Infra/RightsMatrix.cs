using System.Globalization;
using Npgsql;

namespace Etl.Loader.IntegrationTests.Infra;

/// <summary>
/// What a role can really do: for each table, view and column that the catalogue has, the statements that read, insert, update, delete and truncate are
/// tried, none of which meets a row. A table that a later version adds is tried too. Of sequences the catalogue says it.
/// </summary>
internal static class RightsMatrix
{
    /// <summary>Lines "role table: SELECT, INSERT (a, b), …" for what succeeds; tables of which nothing does are left out.</summary>
    public static async Task<IReadOnlyList<string>> TakeAsync(string superuser, string asRole, string role, CancellationToken token)
    {
        var tables = await TablesAsync(superuser, token);
        await using var connection = new NpgsqlConnection(asRole);
        await connection.OpenAsync(token);
        var lines = new List<string>();
        foreach (var (table, isView, columns) in tables)
        {
            var rights = new List<string>();
            await TryAsync($"SELECT * FROM {table} WHERE false", "SELECT");
            await TryColumnsAsync("INSERT", c => $"INSERT INTO {table} ({c.Name}) OVERRIDING SYSTEM VALUE SELECT NULL::{c.Type} WHERE false");
            await TryColumnsAsync("UPDATE", c => $"UPDATE {table} SET {c.Name} = DEFAULT WHERE false");
            await TryAsync($"DELETE FROM {table} WHERE false", "DELETE");
            await TryAsync($"TRUNCATE {table}", "TRUNCATE");
            if (rights.Count > 0)
            {
                lines.Add($"{role} {table}: {string.Join(", ", rights)}");
            }

            async Task TryAsync(string sql, string right)
            {
                if (await SucceedsAsync(connection, sql, isView, token))
                {
                    rights.Add(right);
                }
            }

            async Task TryColumnsAsync(string right, Func<(string Name, string Type), string> sql)
            {
                var allowed = new List<string>();
                foreach (var column in columns)
                {
                    if (await SucceedsAsync(connection, sql(column), isView, token))
                    {
                        allowed.Add(column.Name);
                    }
                }

                if (allowed.Count > 0)
                {
                    rights.Add(allowed.Count == columns.Count ? right : $"{right} ({string.Join(", ", allowed)})");
                }
            }
        }

        // Trying them would use up their numbers.
        await using var command = new NpgsqlCommand(
            """
            SELECT format('%s %I.%I: %s', current_user, n.nspname, c.relname, string_agg(r.name, ', ' ORDER BY r.name DESC))
              FROM pg_class AS c
              JOIN pg_namespace AS n ON n.oid = c.relnamespace
             CROSS JOIN unnest(ARRAY['USAGE', 'SELECT', 'UPDATE']) AS r (name)
             WHERE n.nspname IN ('etl_loader', 'hangfire') AND c.relkind = 'S' AND has_sequence_privilege(c.oid, r.name)
             GROUP BY n.nspname, c.relname
             ORDER BY 1
            """,
            connection);
        await using var row = await command.ExecuteReaderAsync(token);
        while (await row.ReadAsync(token))
        {
            lines.Add(row.GetString(0));
        }

        return lines;
    }

    private static async Task<bool> SucceedsAsync(NpgsqlConnection connection, string sql, bool isView, CancellationToken token)
    {
        // Taken back, should a statement do more than it may.
        await using var transaction = await connection.BeginTransactionAsync(token);
        await using var command = new NpgsqlCommand(sql, connection, transaction);
        try
        {
            await command.ExecuteNonQueryAsync(token);
            return true;
        }
        catch (PostgresException refusal) when (refusal.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            return false;
        }
        catch (PostgresException refusal) when (
            isView && refusal.SqlState is PostgresErrorCodes.FeatureNotSupported or PostgresErrorCodes.WrongObjectType or PostgresErrorCodes.ObjectNotInPrerequisiteState)
        {
            // Of a view that is computed there is nothing to write, no matter who tries.
            return false;
        }
        catch (PostgresException fault)
        {
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"{sql}: {fault.SqlState} {fault.MessageText}"), fault);
        }
    }

    private static async Task<IReadOnlyList<(string Table, bool IsView, IReadOnlyList<(string Name, string Type)> Columns)>> TablesAsync(string superuser, CancellationToken token)
    {
        await using var connection = new NpgsqlConnection(superuser);
        await connection.OpenAsync(token);
        await using var command = new NpgsqlCommand(
            """
            SELECT format('%I.%I', n.nspname, c.relname), bool_or(c.relkind IN ('v', 'm')), array_agg(quote_ident(a.attname) ORDER BY a.attnum),
                   array_agg(format_type(a.atttypid, a.atttypmod) ORDER BY a.attnum)
              FROM pg_class AS c
              JOIN pg_namespace AS n ON n.oid = c.relnamespace
              JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
             WHERE n.nspname IN ('etl_loader', 'hangfire', 'etl_loader_staging') AND c.relkind IN ('r', 'p', 'v', 'm')
             GROUP BY 1
             ORDER BY 1
            """,
            connection);
        await using var row = await command.ExecuteReaderAsync(token);
        var tables = new List<(string, bool, IReadOnlyList<(string, string)>)>();
        while (await row.ReadAsync(token))
        {
            tables.Add((row.GetString(0), row.GetBoolean(1), [.. row.GetFieldValue<string[]>(2).Zip(row.GetFieldValue<string[]>(3))]));
        }

        return tables;
    }
}
