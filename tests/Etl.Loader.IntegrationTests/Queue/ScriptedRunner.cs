using System.Collections.Concurrent;
using Etl.Loader.Faults;
using Etl.Loader.Ledger;
using Etl.Loader.Loads;
using Etl.Loader.Targets;

namespace Etl.Loader.IntegrationTests.Queue;

/// <summary>
/// A runner that writes the ledger as the real one does and ends as the test says: by default every load is loaded at once.
/// </summary>
internal sealed class ScriptedRunner : ILoadRunner
{
    private readonly ConcurrentDictionary<LoadId, TaskCompletionSource> _held = new();
    private readonly ConcurrentDictionary<LoadId, ConcurrentQueue<AttemptResult>> _scripts = new();
    private readonly ConcurrentDictionary<LoadId, Exception> _faults = new();
    private int _running;

    public ILoadLedger? Ledger { get; set; }

    /// <summary>Loads in the order in which their attempts began.</summary>
    public ConcurrentQueue<(LoadId Load, long Epoch)> Begun { get; } = new();

    /// <summary>Most loads ever under way at once.</summary>
    public int MostAtOnce { get; private set; }

    /// <summary>The load stays under way until <see cref="Release"/> or its cancellation.</summary>
    public void Hold(LoadId load) => _held[load] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Release(LoadId load)
    {
        if (_held.TryRemove(load, out var held))
        {
            held.TrySetResult();
        }
    }

    public void ReleaseAll()
    {
        foreach (var load in _held.Keys)
        {
            Release(load);
        }
    }

    /// <summary>How the load's next attempts end, in order; after these it is loaded.</summary>
    public void Script(LoadId load, params AttemptResult[] results) => _scripts[load] = new ConcurrentQueue<AttemptResult>(results);

    /// <summary>The load's next attempt throws instead.</summary>
    public void Break(LoadId load, Exception fault) => _faults[load] = fault;

    public bool HasBegun(LoadId load) => Begun.Any(b => b.Load == load);

    public async Task<AttemptEnd> RunAsync(LoadRecord record, LaneHold lane, CancellationToken token)
    {
        var load = record.Id;
        lock (_held)
        {
            MostAtOnce = Math.Max(MostAtOnce, ++_running);
        }

        try
        {
            if (_faults.TryRemove(load, out var fault))
            {
                throw fault;
            }

            if (await Ledger!.BeginAttemptAsync(load, lane.Epoch, token) is not { } attempt)
            {
                return new AttemptEnd.NotBegun();
            }

            Begun.Enqueue((load, lane.Epoch));
            return await FinishAsync(attempt, await OutcomeAsync(attempt, token));
        }
        finally
        {
            lock (_held)
            {
                _running--;
            }
        }
    }

    private async Task<AttemptResult> OutcomeAsync(AttemptKey attempt, CancellationToken token)
    {
        if (_held.TryGetValue(attempt.Load, out var held))
        {
            try
            {
                while (!held.Task.IsCompleted)
                {
                    if (await Ledger!.ReportProgressAsync(attempt, 1, 100, 1, token) == AttemptStanding.CancelRequested)
                    {
                        return new AttemptResult { Outcome = AttemptOutcome.Cancelled };
                    }

                    await Task.WhenAny(held.Task, Task.Delay(50, token));
                    token.ThrowIfCancellationRequested();
                }
            }
            catch (OperationCanceledException)
            {
                return new AttemptResult { Outcome = AttemptOutcome.Interrupted };
            }
            catch (Npgsql.NpgsqlException)
            {
                await held.Task.WaitAsync(token);
            }
        }

        return _scripts.TryGetValue(attempt.Load, out var script) && script.TryDequeue(out var result)
            ? result
            : new AttemptResult { Outcome = AttemptOutcome.Loaded, RowsLoaded = 1, RowsRejected = 0, Receipt = "{}" };
    }

    private async Task<AttemptEnd> FinishAsync(AttemptKey attempt, AttemptResult result)
    {
        if (!await FinishPatientlyAsync(attempt, result))
        {
            return new AttemptEnd.Fenced("A later attempt owns the load.");
        }

        var fault = new TargetFault(FaultKind.Data, result.Error ?? "");
        return result.Outcome switch
        {
            AttemptOutcome.Failed => new AttemptEnd.Failed(fault, result.ErrorLine),
            AttemptOutcome.Retry => new AttemptEnd.RetryAt(result.NextAttemptAt!.Value, fault),
            AttemptOutcome.Interrupted => new AttemptEnd.Interrupted(),
            AttemptOutcome.Fenced => new AttemptEnd.Fenced("scripted"),
            AttemptOutcome.Cancelled => new AttemptEnd.Cancelled(),
            AttemptOutcome.Superseded => new AttemptEnd.Superseded(attempt.Load),
            _ => new AttemptEnd.Loaded(null!),
        };
    }

    private async Task<bool> FinishPatientlyAsync(AttemptKey attempt, AttemptResult result)
    {
        while (true)
        {
            try
            {
                return await Ledger!.FinishAsync(attempt, result, CancellationToken.None) is not null;
            }
            catch (Npgsql.NpgsqlException)
            {
                await Task.Delay(50);
            }
        }
    }
}
