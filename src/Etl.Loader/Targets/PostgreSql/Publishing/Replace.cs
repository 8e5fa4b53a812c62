using Etl.Loader.Targets.PostgreSql.Staging;
using Etl.Loader.Targets.Staging;
using Npgsql;

namespace Etl.Loader.Targets.PostgreSql.Publishing;

/// <summary>
/// Puts the staging table in the place of the table, so that readers of any isolation level see the old rows or the new ones. What depends on the
/// table is made again on the new one, from the catalogue's own definitions; what cannot be is refused by name before anything changes.
/// </summary>
internal sealed class Replace(TableLock tableLock)
{
    private static readonly SqlText Publish = SqlText.Load("Targets/PostgreSql/Sql/publish.sql");
    private static readonly SqlText Sql = SqlText.Load("Targets/PostgreSql/Sql/swap.sql");

    /// <summary>For a table that is not there yet.</summary>
    /// <param name="grants">What tables made in the schema are given.</param>
    public static IEnumerable<(string Sql, object?[] Values)> Create(StagedTable staged, IEnumerable<SchemaGrant> grants) =>
        [(Tended(staged), []), .. Plain(grants.Select(g => g.On(staged.Staging))), .. Move(staged)];

    /// <summary>
    /// Says before hours of copying what the swap would refuse: a table with what cannot be made again, or, where the columns change, with what cannot
    /// take that.
    /// </summary>
    public static async Task VerifyAsync(WriteTransaction session, StageRequest request, uint table, TableName staging, CancellationToken token)
    {
        await session.ExecuteAsync(Sql["qualify"], token);
        await RefuseLossAsync(session, request.Table, table, await Catalog.StagingAsync(session, staging, token), token);
        if (request.Changes is { Names.Count: > 0 })
        {
            await TryOutAsync(session, request, staging, table, token);
        }
    }

    public async Task ReplaceAsync(WriteTransaction session, StagedTable staged, uint table, ColumnChanges? changes, CancellationToken token)
    {
        var staging = await Catalog.StagingAsync(session, staged.Staging, token);
        await session.ExecuteAsync(Sql["qualify"], token);
        try
        {
            // Keeps definitions as they are while indexes are built; readers and writers continue.
            await tableLock.TakeAsync(session, staged, "SHARE UPDATE EXCLUSIVE", before: null, token);
            await RefuseLossAsync(session, staged.Table, table, staging, token);
            await session.ExecuteAsync(Tended(staged), token);
            await ApplyAsync(session, staged, await session.PairsAsync(Sql["before_swap"], token, table, staging), token);

            IReadOnlyList<DependentView> views = [];
            await tableLock.TakeAsync(
                session, staged, "ACCESS EXCLUSIVE", async () => views = await Views.DropAsync(session, table, changes, token), token);
            await RefuseLossAsync(session, staged.Table, table, staging, token);
            await SwapAsync(session, staged, table, staging, views, token);
        }
        catch (ChangeRefusedException refused)
        {
            await session.RollbackAsync(token);
            throw refused.Explain(changes);
        }
    }

    /// <summary>
    /// The swap with a table that has the new columns and no rows, undone again. Readers in the way are not waited for: then the publish has to say it.
    /// </summary>
    private static async Task TryOutAsync(WriteTransaction session, StageRequest request, TableName staging, uint table, CancellationToken token)
    {
        const string savepoint = "before_trial";
        ChangeRefusedException? refused = null;
        var trial = new StagedTable(request.Load, request.Epoch, request.Table, staging with { Name = staging.Name + "_trial" }, new StagedRows(0, 0, []));
        await session.ExecuteAsync($"SAVEPOINT {savepoint}", token);
        try
        {
            await session.ExecuteAsync(Publish["set_lock_timeout"], token, "100ms");
            await session.ExecuteAsync($"CREATE TABLE {Identifiers.Quote(trial.Staging)} (LIKE {Identifiers.Quote(staging)})", token);
            var empty = await Catalog.StagingAsync(session, trial.Staging, token);
            await ApplyAsync(session, trial, await session.PairsAsync(Sql["before_swap"], token, table, empty), token);
            var views = await Views.DropAsync(session, table, request.Changes, token);
            await SwapAsync(session, trial, table, empty, views, token);
        }
        catch (ChangeRefusedException exception)
        {
            refused = exception;
        }
        catch (PostgresException exception) when (exception.SqlState is
            PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.InsufficientPrivilege)
        {
            // Someone uses the table just now, or it is none of ours.
        }

        await session.ExecuteAsync($"ROLLBACK TO SAVEPOINT {savepoint}", token);
        await session.ExecuteAsync($"RELEASE SAVEPOINT {savepoint}", token);
        if (refused is not null)
        {
            throw refused.Explain(request.Changes);
        }
    }

    private static async Task SwapAsync(
        WriteTransaction session, StagedTable staged, uint table, uint staging, IReadOnlyList<DependentView> views, CancellationToken token)
    {
        var after = await session.PairsAsync(Sql["after_swap"], token, table, staging);
        var revokes = await session.ListAsync(Sql["granted"], token, Identifiers.Quote(staged.Staging));
        var detach = await session.ListAsync(Sql["detach"], token, table, staging);
        await session.ExecuteAsync([.. Plain(revokes), .. Plain(detach), ($"DROP TABLE {Identifiers.Quote(staged.Table)}", []), .. Move(staged)], token);
        await ApplyAsync(session, staged, after, token);
        await Views.CreateAsync(session, views, staged.Table, token);
    }

    /// <summary>From here on the table is the server's to tidy up, by the settings of the one it replaces.</summary>
    private static string Tended(StagedTable staged) =>
        $"ALTER TABLE {Identifiers.Quote(staged.Staging)} RESET (autovacuum_enabled, toast.autovacuum_enabled)";

    private static async Task RefuseLossAsync(WriteTransaction session, TableName name, uint table, uint staging, CancellationToken token)
    {
        var things = await session.ListAsync(Sql["lost"], token, table, staging);
        if (things.Count > 0)
        {
            throw new DatasetException(
                $"Replacing {name} would lose what depends on it: {string.Join("; ", things)}.",
                "Drop these and create them again afterwards, load with \"mode\": \"append\", or name another table.");
        }
    }

    private static async Task ApplyAsync(
        WriteTransaction session, StagedTable staged, List<(string Thing, string Statement)> steps, CancellationToken token)
    {
        foreach (var (thing, statement) in steps)
        {
            try
            {
                await session.ExecuteAsync(statement, token);
            }
            catch (PostgresException exception)
                when (exception.SqlState.StartsWith("42", StringComparison.Ordinal) && exception.SqlState != PostgresErrorCodes.InsufficientPrivilege)
            {
                throw new ChangeRefusedException($"The new {staged.Table} cannot keep its {thing}: {exception.MessageText}", [], exception);
            }
            catch (PostgresException exception) when (exception.SqlState[..2] is "22" or "23")
            {
                var detail = exception.Detail is { Length: > 0 } text ? $" ({text})" : "";
                throw new DatasetException(
                    $"The new rows of {staged.Table} violate its {thing}: {exception.MessageText}{detail}.",
                    "Repair the data, or drop what is named there if it no longer holds.",
                    column: exception.ColumnName,
                    inner: exception);
            }
        }
    }

    private static IEnumerable<(string Sql, object?[] Values)> Plain(IEnumerable<string> statements) => statements.Select(sql => (sql, Array.Empty<object?>()));

    private static IEnumerable<(string Sql, object?[] Values)> Move(StagedTable staged) =>
    [
        ($"ALTER TABLE {Identifiers.Quote(staged.Staging)} SET SCHEMA {Identifiers.Quote(staged.Table.Schema)}", []),
        ($"ALTER TABLE {Identifiers.Quote(staged.Table with { Name = staged.Staging.Name })} RENAME TO {Identifiers.Quote(staged.Table.Name)}", []),
    ];
}
