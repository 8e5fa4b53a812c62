using System.Transactions;
using Etl.Loader.Ledger;
using Etl.Loader.Queue.Lanes;
using Etl.Loader.Queue.Storage;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Etl.Loader.Queue.Jobs;

/// <summary>
/// Ledger row and Hangfire job in one transaction. It holds only because both sides use the same pool and never two connections at once;
/// an <see cref="NpgsqlTransaction"/> in its place would silently keep the job of a row that was rolled back.
/// </summary>
internal sealed class LoadAcceptance(LoadIntake intake, TakenTriggerLedger triggers, InboxLedger inboxes, JobIntake jobs, ILogger<LoadAcceptance> logger) : IAcceptLoads
{
    /// <summary>Large enough to spread the commit's cost, small enough that the first of a flood start immediately.</summary>
    private const int BatchSize = 500;
    private const int DeadlockRetries = 5;

    /// <summary>Called between the ledger's rows and their jobs; a test dies there.</summary>
    internal Action? BetweenRowAndJob { get; set; }

    public async Task<IReadOnlyList<Acceptance>> AcceptAsync(IReadOnlyList<NewLoad> loads, CancellationToken token)
    {
        var accepted = new List<Acceptance>(loads.Count);
        foreach (var batch in loads.Chunk(BatchSize))
        {
            accepted.AddRange(await AcceptBatchAsync(batch, token));
        }

        return accepted;
    }

    public Task<IReadOnlyDictionary<LoadId, LoadStatus>> FindAsync(IReadOnlyCollection<LoadId> ids, CancellationToken token) => intake.FindAsync(ids, token);

    public Task<bool> IsReachableAsync(CancellationToken token) => inboxes.IsReachableAsync(token);

    public Task<Guid> RegisterInboxAsync(string inbox, Guid proposed, CancellationToken token) => inboxes.RegisterInboxAsync(inbox, proposed, token);

    public Task ReportWatcherAsync(WatcherReport report, CancellationToken token) => inboxes.ReportWatcherAsync(report, token);

    public Task WithdrawWatcherAsync(string host, int processId, string inbox, CancellationToken token) =>
        inboxes.WithdrawWatcherAsync(host, processId, inbox, token);

    private async Task<IReadOnlyList<Acceptance>> AcceptBatchAsync(NewLoad[] batch, CancellationToken token)
    {
        for (var retry = 0; ; retry++)
        {
            try
            {
                return await AcceptOnceAsync(batch, token);
            }
            catch (Exception fault) when (retry < DeadlockRetries && IsConflict(fault))
            {
                Log.BatchAgain(logger, batch.Length, fault.Message);
            }
            catch (Exception fault) when (batch.Length > 1 && IsOfOneRow(fault))
            {
                // One bad row must not keep the others out.
                Log.BatchAgain(logger, batch.Length, fault.Message);
                var singles = new List<Acceptance>();
                foreach (var load in batch)
                {
                    singles.AddRange(await AcceptBatchAsync([load], token));
                }

                return singles;
            }
        }
    }

    private async Task<IReadOnlyList<Acceptance>> AcceptOnceAsync(NewLoad[] batch, CancellationToken token)
    {
        IReadOnlyDictionary<LoadId, LoadStatus> inserted;
        using var measure = new AcceptMeasure(batch);
        batch = measure.Loads;
        Dictionary<LoadId, LoadRefusal> refused;
        using (var scope = QueueTransaction.Begin())
        {
            var own = await intake.RefuseRepeatedAsync(await WithTriggerAsync(batch, token), token);
            refused = own.Where(l => l.Refusal is not null).ToDictionary(l => l.Id, l => l.Refusal!);
            inserted = own.Length == 0 ? new Dictionary<LoadId, LoadStatus>() : await intake.InsertAsync(own, token);
            BetweenRowAndJob?.Invoke();
            var queued = batch
                .Where(l => inserted.TryGetValue(l.Id, out var status) && status == LoadStatus.Queued)
                .Select(l => (l.Id, LaneQueues.For(l.Spec.Target, l.Spec.Priority)))
                .ToList();
            if (queued.Count > 0)
            {
                await intake.StoreJobsAsync(await jobs.EnqueueAsync(queued, token), token);
            }

            scope.Complete();
        }

        measure.Accepted(inserted);
        var known = inserted.Count == batch.Length
            ? inserted
            : await intake.FindAsync([.. batch.Select(l => l.Id).Where(id => !inserted.ContainsKey(id))], token);
        return [.. batch.Where(l => known.ContainsKey(l.Id) || inserted.ContainsKey(l.Id)).Select(l => inserted.TryGetValue(l.Id, out var status)
            ? new Acceptance(l.Id, New: true, status, refused.GetValueOrDefault(l.Id))
            : new Acceptance(l.Id, New: false, known[l.Id]))];
    }

    /// <summary>Without those whose trigger is on record already: under the same id, then the load is too, or as another load.</summary>
    private async Task<NewLoad[]> WithTriggerAsync(NewLoad[] batch, CancellationToken token)
    {
        var named = batch.Where(l => l.Trigger is not null).ToArray();
        if (named.Length == 0)
        {
            return batch;
        }

        var taken = await triggers.TakeAsync(named, token);
        return [.. batch.Where(l => l.Trigger is null || taken.Contains(l.Id))];
    }

    /// <summary>A repeat settles it. Also where another watcher was first with the id of a delivery: then the repeat finds that.</summary>
    private static bool IsConflict(Exception fault) => Cause(fault) is
    { SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure }
        or { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: LoadIntake.DeliveryConstraint };

    private static bool IsOfOneRow(Exception fault) => Cause(fault)?.SqlState is { } state
        && (state.StartsWith("22", StringComparison.Ordinal) || state.StartsWith("23", StringComparison.Ordinal) || state.StartsWith("54", StringComparison.Ordinal));

    private static PostgresException? Cause(Exception? fault)
    {
        for (; fault is not null; fault = fault.InnerException)
        {
            if (fault is PostgresException cause)
            {
                return cause;
            }
        }

        return null;
    }
}
