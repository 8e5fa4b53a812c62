using Etl.Loader.Ledger;
using Etl.Loader.Targets;
using Microsoft.Extensions.Logging;

namespace Etl.Loader.Queue.Lanes;

/// <summary>
/// What the holder of a lane does beside running loads: it holds ledger, jobs and target against each other, and removes what dead loads left. Each
/// kind of work waits until no load runs, and says what it did.
/// </summary>
internal sealed class LaneUpkeep(ILoadTarget target, LaneParts parts, SemaphoreSlim turn, LaneOptions options, TimeProvider time, ILogger logger)
{
    private long? _reconciled;
    private long? _tidied;

    /// <summary>
    /// With the epoch, and before anything runs under it: either database may come from a backup, and what the ledger forgot must count before the
    /// next load is published.
    /// </summary>
    public async Task BeginAsync(CancellationToken token)
    {
        var found = await parts.Comparison.RunAsync(target, token);
        var reported = Report(
            (found.Restored, "receipts whose load was missing from the ledger: restored"),
            (found.Believed, "loads that were cancelled or failed in the ledger: now loaded, as their receipts say"),
            (found.Unproven.Count, "loads that are loaded in the ledger have no receipt in the target, which was restored or replaced: `etl-loader doctor` lists them"));
        if (reported is not null)
        {
            Log.Compared(logger, target.Name, reported);
            await parts.Lanes.ReportReconciledAsync(target.Name, reported, token);
        }
    }

    /// <summary>One look. Throws <see cref="FencedException"/> where the target has another epoch by now.</summary>
    public async Task RoundAsync(long epoch, CancellationToken token)
    {
        if (IsDue(_reconciled, options.Reconcile))
        {
            _reconciled = time.GetTimestamp();
            await TryAsync(idle => ReconcileAsync(idle, token), token);
        }

        if (IsDue(_tidied, options.Tidy) && await TryAsync(idle => idle ? TidyAsync(epoch, token) : Task.FromResult(false), token))
        {
            _tidied = time.GetTimestamp();
        }
    }

    private async Task<bool> ReconcileAsync(bool idle, CancellationToken token)
    {
        var found = await parts.Reconciler.RunAsync(target.Name, idle, token);
        var believed = idle ? await parts.Comparison.BelieveAsync(target, options.Reconcile * 3, token) : 0;
        var reported = Report(
            (found.Jobs, "loads had lost their job and were given a new one"),
            (found.Cancelled, "loads were cancelled by deleting their job"),
            (believed, "cancelled loads: now loaded, as their receipts say"));
        if (reported is not null)
        {
            Log.Reconciled(logger, target.Name, reported);
            await parts.Lanes.ReportReconciledAsync(target.Name, reported, token);
        }

        return true;
    }

    private async Task<bool> TidyAsync(long epoch, CancellationToken token)
    {
        var removed = await parts.Leftovers.RemoveAsync(target, epoch, orphans: false, token);
        var rejects = await parts.Leftovers.ForgetRejectsAsync(target, epoch, token);
        if (removed.Count > 0 || rejects > 0)
        {
            Log.Tidied(logger, target.Name, removed.Count, rejects);
        }

        return true;
    }

    private async Task<bool> TryAsync(Func<bool, Task<bool>> work, CancellationToken token)
    {
        var idle = await turn.WaitAsync(TimeSpan.Zero, token);
        try
        {
            return await work(idle);
        }
        catch (FencedException)
        {
            throw;
        }
        catch (Exception fault) when (!token.IsCancellationRequested)
        {
            // The next round tries again; whether the lane is still held, the pulse shows.
            Log.ReconcileFailed(logger, target.Name, fault);
            return false;
        }
        finally
        {
            if (idle)
            {
                turn.Release();
            }
        }
    }

    private bool IsDue(long? last, TimeSpan interval) => last is not { } then || time.GetElapsedTime(then) >= interval;

    private static string? Report(params ReadOnlySpan<(int Count, string What)> findings)
    {
        var reported = new List<string>();
        foreach (var (count, what) in findings)
        {
            if (count > 0)
            {
                reported.Add(FormattableString.Invariant($"{count} {what}"));
            }
        }

        return reported.Count == 0 ? null : string.Join("; ", reported);
    }
}
