using System.Globalization;
using Npgsql;

namespace Etl.Loader.Targets.PostgreSql.Publishing;

/// <summary>
/// What became of rows that were inserted into a table that belongs to others too: its rules and triggers may leave rows out, redirect or change
/// them. A receipt says what is in the table, so what cannot be counted is refused by name.
/// </summary>
internal sealed class Arrivals
{
    private static readonly SqlText Sql = SqlText.Load("Targets/PostgreSql/Sql/ownership.sql");
    private readonly WriteTransaction _session;
    private readonly StagedTable _staged;
    private readonly IReadOnlyList<string> _triggers;

    private Arrivals(WriteTransaction session, StagedTable staged, IReadOnlyList<string> triggers) => (_session, _staged, _triggers) = (session, staged, triggers);

    /// <summary>Before the insert. Throws <see cref="DatasetException"/> for rules on it.</summary>
    public static async Task<Arrivals> OfAsync(WriteTransaction session, StagedTable staged, uint table, CancellationToken token)
    {
        var found = await session.RowsAsync(Sql["arrivals_at_risk"], row => (Name: row.GetString(0), Comparable: row.GetBoolean(1)), token, table);
        var rules = found.Where(f => !f.Comparable).Select(f => f.Name).ToList();
        return rules.Count == 0
            ? new(session, staged, [.. found.Select(f => f.Name)])
            : throw new DatasetException(
                $"Rows appended to {staged.Table} cannot be counted: {string.Join("; ", rules)}.",
                "Drop the rule or turn it into a trigger, or load into a separate table and copy from there.");
    }

    /// <summary>Inserts the staged rows; then every one is in the table, with the values that it was delivered with.</summary>
    /// <param name="columns">Name, inserted expression and type of each column.</param>
    public async Task InsertAsync(IReadOnlyList<(string Name, string Value, string Type)> columns, CancellationToken token)
    {
        long stored;
        try
        {
            stored = await _session.AnswerAsync(
                CountAsync(
                    $"INSERT INTO {Identifiers.Quote(_staged.Table)} ({string.Join(", ", columns.Select(c => c.Name))}) OVERRIDING SYSTEM VALUE "
                    + $"SELECT {string.Join(", ", columns.Select(c => c.Value))} FROM {Identifiers.Quote(_staged.Staging)}",
                    token),
                token);
        }
        catch (PostgresException exception) when (_triggers.Count > 0 && IsOfFunction(exception))
        {
            throw new DatasetException(
                $"{_staged.Table} did not accept the rows: {exception.MessageText}; they go through {string.Join("; ", _triggers)}. Nothing was changed.",
                "The loader's sessions look up names in pg_catalog only. Qualify the names in the trigger's function, or give the function a search_path "
                + "(ALTER FUNCTION … SET search_path = …). If it raised the error itself, correct the data.",
                inner: exception);
        }

        if (stored != _staged.Rows.Loaded)
        {
            throw Refuse(string.Create(CultureInfo.InvariantCulture, $"took {Amounts.Count(stored)} of {Amounts.Counted(_staged.Rows.Loaded, "row")}"));
        }

        if (_triggers.Count == 0)
        {
            return;
        }

        // Deferred triggers have their say now, not at the commit.
        await _session.ExecuteAsync("SET CONSTRAINTS ALL IMMEDIATE", token);
        var lost = (long)(await _session.ScalarAsync(
            $"SELECT count(*) FROM (SELECT {string.Join(", ", columns.Select(c => $"CAST(CAST({c.Value} AS {c.Type}) AS text)"))} FROM {Identifiers.Quote(_staged.Staging)} "
            + $"EXCEPT ALL SELECT {string.Join(", ", columns.Select(c => $"CAST({c.Name} AS text)"))} FROM {Identifiers.Quote(_staged.Table)} "
            + "WHERE xmin = pg_current_xact_id()::xid) AS lost",
            token))!;
        if (lost > 0)
        {
            throw Refuse(string.Create(CultureInfo.InvariantCulture, $"does not have {Amounts.Count(lost)} of {Amounts.Counted(_staged.Rows.Loaded, "row")} as they were delivered"));
        }
    }

    /// <summary>Rows by the server's answer to the statement; there may be more than the usual count of the driver has room for.</summary>
    private async Task<long> CountAsync(string insert, CancellationToken token)
    {
        await using var batch = _session.Batch((insert, []));
        await using (var reader = await batch.ExecuteReaderAsync(token))
        {
            while (await reader.NextResultAsync(token))
            {
            }
        }

        return (long)batch.BatchCommands[0].Rows;
    }

    /// <summary>Raised by a function of a trigger, or what such a function did not find.</summary>
    private static bool IsOfFunction(PostgresException exception) =>
        exception.SqlState[..2] is "42" or "P0" && exception.SqlState != PostgresErrorCodes.InsufficientPrivilege && exception.Where is { Length: > 0 };

    private DatasetException Refuse(string what) => new(
        $"{_staged.Table} {what}{(_triggers.Count == 0 ? "" : $"; rows go through {string.Join("; ", _triggers)}")}. Nothing was changed.",
        "Disable the trigger for these rows, deliver rows that it leaves unchanged, or load into a separate table and copy from there.");
}
