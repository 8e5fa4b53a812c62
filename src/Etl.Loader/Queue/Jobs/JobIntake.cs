using System.Globalization;
using Etl.Loader.Ledger;
using Etl.Loader.Queue.Storage;
using Hangfire.Common;
using Hangfire.PostgreSql;
using Hangfire.States;
using Hangfire.Storage;
using Npgsql;
using NpgsqlTypes;

namespace Etl.Loader.Queue.Jobs;

/// <summary>
/// Makes the jobs of many newly accepted loads at once. Hangfire's client needs seven round trips for each job; a backlog of a hundred thousand
/// triggers would wait for most of an hour. No state filter is asked: for a new job ours has nothing to say.
/// </summary>
internal sealed class JobIntake(QueueDatabase database, HangfireStorage hangfire, TimeProvider time)
{
    private static readonly SqlText Sql = SqlText.Load("Queue/Sql/jobs.sql");

    /// <summary>Joins the ambient transaction. Returns the jobs' ids, in the loads' order.</summary>
    public async Task<IReadOnlyList<(LoadId Load, string Job)>> EnqueueAsync(IReadOnlyList<(LoadId Load, string Queue)> loads, CancellationToken token)
    {
        var invocations = loads.Select(l => InvocationData.SerializeJob(LoadJobs.Describe(l.Load, l.Queue))).ToList();
        var enqueued = new EnqueuedState();
        await using var connection = await database.OpenAsync(token);
        await using var batch = new NpgsqlBatch(connection);
        var enqueue = new NpgsqlBatchCommand(Sql["enqueue"]);
        enqueue.Parameters.Add(Texts("invocations", invocations.Select(i => SerializationHelper.Serialize(i))));
        enqueue.Parameters.Add(Texts("arguments", invocations.Select(i => i.Arguments)));
        enqueue.Parameters.Add(Texts("queues", loads.Select(l => l.Queue)));
        enqueue.Parameters.AddWithValue("state", enqueued.Name);
        enqueue.Parameters.AddWithValue("state_data", SerializationHelper.Serialize(enqueued.SerializeData()));
        enqueue.Parameters.AddWithValue("now", time.GetUtcNow());
        batch.BatchCommands.Add(enqueue);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Sql["notify"]));

        var jobs = new List<(LoadId, string)>(loads.Count);
        await using var row = await batch.ExecuteReaderAsync(token);
        while (await row.ReadAsync(token))
        {
            jobs.Add((loads[jobs.Count].Load, row.GetInt64(0).ToString(CultureInfo.InvariantCulture)));
        }

        SignalAtCommit(loads.Select(l => l.Queue).Distinct(StringComparer.Ordinal));
        return jobs;
    }

    /// <summary>
    /// Wakes the workers of this process when the ambient transaction is committed: a notification misses one that is about to listen. Only a
    /// transaction of Hangfire's can, so one is committed along whose statements go nowhere.
    /// </summary>
    private void SignalAtCommit(IEnumerable<string> queues)
    {
        using var nowhere = new RecordingConnection();
        using var signal = new PostgreSqlWriteOnlyTransaction(hangfire.Storage, () => nowhere);
        foreach (var queue in queues)
        {
            signal.AddToQueue(queue, "0");
        }

        signal.Commit();
    }

    private static NpgsqlParameter Texts(string name, IEnumerable<string> values) =>
        new(name, NpgsqlDbType.Array | NpgsqlDbType.Text) { Value = values.ToArray() };
}
