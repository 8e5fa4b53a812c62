using Etl.Loader.Inboxes.Files;
using Etl.Loader.Ledger;
using Microsoft.Extensions.Logging;

namespace Etl.Loader.Loads;

/// <summary>
/// Reports how an attempt ended: to the ledger first, then in the marker beside the data. A queue database that is away is waited for, since
/// what the target has is done; when the process must go before it is back, the next attempt finds the receipt and reports it then.
/// </summary>
internal sealed class OutcomeReporter(ILoadLedger ledger, MarkerWriter markers, LoadOptions options, TimeProvider time, ILogger<OutcomeReporter> logger)
{
    private static readonly TimeSpan LastTry = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Returns the end that the ledger has: <see cref="AttemptEnd.Fenced"/> where the attempt no longer owned the load, and
    /// <see cref="AttemptEnd.Cancelled"/> where a cancel had been asked for an attempt that was to be followed by another.
    /// </summary>
    public async Task<AttemptEnd> ReportAsync(LoadRecord load, AttemptKey attempt, AttemptEnd end, CancellationToken token)
    {
        switch (end)
        {
            case AttemptEnd.Fenced:
                return end;
            case AttemptEnd.Interrupted:
                await ReportOnceAsync(load, attempt);
                return end;
        }

        Note(load, attempt, end);
        if (await FinishAsync(attempt, ResultOf(end), token) is not { } became)
        {
            return new AttemptEnd.Fenced("A later attempt owns the load.");
        }

        if (became == LoadStatus.Cancelled)
        {
            end = new AttemptEnd.Cancelled();
        }

        await MarkAsync(load, end);
        return end;
    }

    /// <summary>In the attempt's log and the process's.</summary>
    private void Note(LoadRecord load, AttemptKey attempt, AttemptEnd end)
    {
        var now = time.GetUtcNow();
        switch (end)
        {
            case AttemptEnd.Loaded { Receipt: var receipt }:
                attempt.Log.Add(now, $"published: {Amounts.Counted(receipt.RowsLoaded, "row")} in {receipt.TableName}", stage: LoadStage.Published);
                break;
            case AttemptEnd.Failed { Fault: var fault, Cause: var cause }:
                attempt.Log.Add(now, fault.Reason, LogWeight.Error);
                Log.Failed(logger, load.Id, load.Spec.Dataset, load.Spec.Target, fault.Reason, fault.Hint, fault.Kind == Faults.FaultKind.Data ? null : cause);
                break;
            case AttemptEnd.RetryAt { At: var at, Fault: var fault }:
                attempt.Log.Add(now, FormattableString.Invariant($"{fault.Reason} Next attempt at {at:HH:mm:ss} UTC."), LogWeight.Warning);
                Log.Retrying(logger, load.Id, load.Spec.Dataset, load.Spec.Target, fault.Reason, at);
                break;
            case AttemptEnd.SetBack { At: var at, WaitsFor: var fault }:
                attempt.Log.Add(now, FormattableString.Invariant($"set back until {at:HH:mm:ss} UTC: {fault.Reason}"), LogWeight.Warning);
                Log.SetBack(logger, load.Id, load.Spec.Dataset, load.Spec.Target, fault.Reason, at);
                break;
            default:
                attempt.Log.Add(now, end.Message ?? "");
                break;
        }
    }

    private static AttemptResult ResultOf(AttemptEnd end)
    {
        var result = new AttemptResult { Outcome = end.Outcome!.Value, Error = end.Message, Hint = Hint(end) };
        return end switch
        {
            AttemptEnd.Loaded { Receipt: var receipt } =>
                result with { RowsLoaded = receipt.RowsLoaded, RowsRejected = receipt.RowsRejected, Receipt = ReceiptDetails.ToJson(receipt) },
            AttemptEnd.Failed failed => result with { ErrorLine = failed.Line, Fault = failed.Fault.Kind.Word() },
            AttemptEnd.RetryAt retry => result with { NextAttemptAt = retry.At },
            _ => result,
        };
    }

    private static string? Hint(AttemptEnd end) => end switch
    {
        AttemptEnd.Superseded { Replaced: true } => "Nothing to do.",
        AttemptEnd.Superseded => "Nothing to do; 'reload' loads this one on top of it.",
        AttemptEnd.Cancelled => "'requeue' runs it again.",
        AttemptEnd.Failed failed => failed.Fault.Hint,
        AttemptEnd.RetryAt retry => retry.Fault.Hint,
        AttemptEnd.SetBack back => back.WaitsFor.Hint,
        _ => null,
    };

    private async Task MarkAsync(LoadRecord load, AttemptEnd end)
    {
        switch (end)
        {
            case AttemptEnd.Loaded { Receipt: var receipt }:
                await markers.BeginAsync(load, LoadStatus.Loaded, ReceiptDetails.ToJson(receipt));
                Log.Loaded(logger, load.Id, load.Spec.Dataset, load.Spec.Target, receipt.TableName, receipt.RowsLoaded, receipt.RowsRejected);
                break;
            case AttemptEnd.Failed { Line: var line }:
                await MarkFailedAsync(LoadStatus.Failed, line);
                break;
            case AttemptEnd.Superseded:
                await MarkFailedAsync(LoadStatus.Superseded);
                break;
            case AttemptEnd.Cancelled:
                await MarkFailedAsync(LoadStatus.Cancelled);
                break;
        }

        Task MarkFailedAsync(LoadStatus status, long? line = null) =>
            markers.BeginAsync(load, status, MarkerFile.Failed(load.Id, status.Word(), end.Message!, line, Hint(end)));
    }

    /// <summary>One try only: the process is about to go, and the next holder of the lane finds an attempt without an end anyhow.</summary>
    private async Task ReportOnceAsync(LoadRecord load, AttemptKey attempt)
    {
        attempt.Log.Add(time.GetUtcNow(), "interrupted: the process stops or the lane is paused; the load resumes at the head of its lane", LogWeight.Warning);
        Log.Interrupted(logger, load.Id, load.Spec.Dataset, load.Spec.Target);
        try
        {
            using var brief = new CancellationTokenSource(LastTry, time);
            await ledger.FinishAsync(attempt, new AttemptResult { Outcome = AttemptOutcome.Interrupted }, brief.Token);
        }
        catch (Exception exception) when (FaultTriage.IsQueueOutage(exception) || exception is OperationCanceledException)
        {
            Log.QueueAway(logger, load.Id, exception);
        }
    }

    /// <summary>Ends the attempt in the ledger, waiting out an outage of the queue database. Null: another attempt owns the load.</summary>
    private async Task<LoadStatus?> FinishAsync(AttemptKey attempt, AttemptResult result, CancellationToken token)
    {
        while (true)
        {
            try
            {
                return await ledger.FinishAsync(attempt, result, token);
            }
            catch (Exception exception) when (FaultTriage.IsQueueOutage(exception))
            {
                Log.QueueAway(logger, attempt.Load, exception);
                await Task.Delay(options.OutageProbe, time, token);
            }
        }
    }
}
