using Npgsql;

namespace Etl.Loader.Ledger;

/// <summary>The logins that were ended before their cookie is too old.</summary>
internal sealed class SessionLedger(QueueDatabase database)
{
    private static readonly SqlText Sql = SqlText.Load("Ledger/Sql/sessions.sql");

    /// <param name="lasts">After this long the cookie is good for nothing anyway.</param>
    public async Task EndAsync(Guid session, TimeSpan lasts, CancellationToken token)
    {
        await using var connection = await database.OpenAsync(token);
        await using (var forget = new NpgsqlCommand(Sql["forget_sessions"], connection))
        {
            await forget.ExecuteNonQueryAsync(token);
        }

        await using var command = new NpgsqlCommand(Sql["end_session"], connection).With("id", session).With("lasts", lasts);
        await command.ExecuteNonQueryAsync(token);
    }

    public async Task<IReadOnlySet<Guid>> EndedAsync(CancellationToken token)
    {
        await using var connection = await database.OpenAsync(token);
        await using var command = new NpgsqlCommand(Sql["ended_sessions"], connection);
        await using var reader = await command.ExecuteReaderAsync(token);
        var ended = new HashSet<Guid>();
        while (await reader.ReadAsync(token))
        {
            ended.Add(reader.GetGuid(0));
        }

        return ended;
    }
}
