using Etl.Loader.Ledger;
using Npgsql;

namespace Etl.Loader.Queue.Lanes;

/// <summary>What a new holder does in the queue database, in one transaction, after the target has given it the epoch and before it runs anything.</summary>
internal sealed class LaneTakeover(QueueDatabase database)
{
    private static readonly SqlText Sql = SqlText.Load("Queue/Sql/lane.sql");

    /// <summary>Hangfire servers of a lane are named so, and so found again.</summary>
    public static string ServerPrefix(string target) => $"{target}@";

    /// <summary>Returns how many interrupted loads now stand first in line.</summary>
    public async Task<int> TakeAsync(string target, Guid holder, long epoch, LeftBehind left, CancellationToken token)
    {
        await using var connection = await database.OpenAsync(token);
        await using var transaction = await connection.BeginTransactionAsync(token);
        await LaneLedger.TakeAsync(connection, transaction, target, holder, epoch, left, token);
        await using (var unlock = new NpgsqlCommand(Sql["release_locks"], connection, transaction).With("queues", LaneQueues.All(target)))
        {
            await unlock.ExecuteNonQueryAsync(token);
        }

        int released;
        await using (var release = new NpgsqlCommand(Sql["release_orphans"], connection, transaction)
            .WithText("interrupted", LaneQueues.Interrupted(target)).With("queues", LaneQueues.All(target)))
        {
            released = await release.ExecuteNonQueryAsync(token);
        }

        await using (var remove = new NpgsqlCommand(Sql["remove_servers"], connection, transaction).WithText("prefix", ServerPrefix(target)))
        {
            await remove.ExecuteNonQueryAsync(token);
        }

        await transaction.CommitAsync(token);
        return released;
    }

    /// <summary>Jobs in queues that none of the given targets serves: no one would ever run them.</summary>
    public async Task<IReadOnlyDictionary<string, long>> FindUnservedAsync(IEnumerable<string> targets, CancellationToken token)
    {
        await using var connection = await database.OpenAsync(token);
        await using var command = new NpgsqlCommand(Sql["unserved_queues"], connection).With("served", targets.SelectMany(LaneQueues.All).ToArray());
        await using var row = await command.ExecuteReaderAsync(token);
        var unserved = new Dictionary<string, long>();
        while (await row.ReadAsync(token))
        {
            unserved.Add(row.GetString(0), row.GetInt64(1));
        }

        return unserved;
    }
}
