using Etl.Loader.Ledger;
using Etl.Loader.Queue.Jobs;
using Etl.Loader.Queue.Storage;
using Npgsql;

namespace Etl.Loader.Queue.Lanes;

/// <summary>What a round of reconciling changed.</summary>
internal readonly record struct Reconciliation(int Jobs, int Cancelled);

/// <summary>
/// The ledger is the truth, jobs only execute: a load without outcome and without a job that will run it gets one. A job that an operator
/// deleted cancels its load.
/// </summary>
internal sealed class Reconciler(QueueDatabase database, LedgerActions actions, LoadIntake intake, HangfireStorage hangfire, RefusedJobs refused)
{
    private static readonly SqlText Sql = SqlText.Load("Queue/Sql/lane.sql");

    /// <param name="idle">True while the caller keeps the lane from running a load.</param>
    public async Task<Reconciliation> RunAsync(string target, bool idle, CancellationToken token)
    {
        // First, so that a load whose job was not its own any more gets one in the same round.
        await refused.SettleAsync(token);
        using var scope = QueueTransaction.Begin();
        var lost = await FindAsync(target, idle, token);
        var jobs = new List<(LoadId, string)>();
        var cancelled = 0;
        foreach (var load in lost)
        {
            if (load.Stale)
            {
                await actions.CloseStaleAsync(load.Id, token);
            }

            if (load.Deleted)
            {
                cancelled += await actions.CancelAsync(load.Id, "operator (job deleted)", token) is { Done: true } ? 1 : 0;
            }
            else
            {
                var queue = load.Begun ? LaneQueues.Interrupted(target) : LaneQueues.For(target, load.Priority);
                jobs.Add((load.Id, hangfire.Client.EnqueueLoad(load.Id, queue)));
            }
        }

        if (jobs.Count > 0)
        {
            await intake.StoreJobsAsync(jobs, token);
        }

        scope.Complete();
        return new Reconciliation(jobs.Count, cancelled);
    }

    private async Task<IReadOnlyList<LostJob>> FindAsync(string target, bool idle, CancellationToken token)
    {
        await using var connection = await database.OpenAsync(token);
        await using var command = new NpgsqlCommand(Sql["lost_jobs"], connection).WithText("target", target).With("idle", idle);
        await using var row = await command.ExecuteReaderAsync(token);
        var lost = new List<LostJob>();
        while (await row.ReadAsync(token))
        {
            lost.Add(new LostJob(
                new LoadId(row.GetGuid(0)), LedgerWords.Parse<LoadPriority>(row.GetString(1)), row.GetBoolean(2), row.GetBoolean(3), row.GetBoolean(4)));
        }

        return lost;
    }

    private sealed record LostJob(LoadId Id, LoadPriority Priority, bool Begun, bool Stale, bool Deleted);
}
