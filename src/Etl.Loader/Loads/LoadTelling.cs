using Etl.Loader.Inboxes;
using Etl.Loader.Inboxes.Files;
using Etl.Loader.Ledger;
using Etl.Loader.Targets;
using Microsoft.Extensions.Logging;

namespace Etl.Loader.Loads;

/// <summary>
/// Tells what came of an attempt: the ledger first, then the marker beside the data. A queue database that is away is waited for, since
/// what the target has is done; when the process must go before it is back, the next attempt finds the receipt and tells it then.
/// </summary>
internal sealed class LoadTelling(
    ILoadLedger ledger, MarkerWriting markers, IInboxes inboxes, LoadOptions options, TimeProvider time, ILogger<LoadTelling> logger)
{
    public async Task<RunResult> LoadedAsync(LoadRecord load, AttemptKey attempt, LoadReceipt receipt, CancellationToken token)
    {
        var json = ReceiptDetails.ToJson(receipt);
        attempt.Log.Add(time.GetUtcNow(), FormattableString.Invariant($"published: {receipt.RowsLoaded:N0} rows in {receipt.TableName}"), stage: LoadStage.Published);
        var told = await FinishAsync(
            attempt,
            new AttemptResult
            {
                Outcome = AttemptOutcome.Loaded,
                RowsLoaded = receipt.RowsLoaded,
                RowsRejected = receipt.RowsRejected,
                Receipt = json,
            },
            token);
        if (told)
        {
            await markers.BeginAsync(load, LoadStatus.Loaded, json);
            Log.Loaded(logger, load.Id, load.Spec.Dataset, load.Spec.Target, receipt.TableName, receipt.RowsLoaded, receipt.RowsRejected);
        }

        return new RunResult(RunDisposition.Done, $"{receipt.RowsLoaded} rows in {receipt.TableName}", Told: told)
        {
            Outcome = told ? AttemptOutcome.Loaded : AttemptOutcome.Fenced,
            Receipt = receipt,
        };
    }

    public Task<RunResult> SupersededAsync(LoadRecord load, AttemptKey attempt, LoadId by, CancellationToken token) => EndedAsync(
        load, attempt, AttemptOutcome.Superseded, LoadStatus.Superseded, RunDisposition.Done,
        new TargetFault(FaultKind.Data, $"A newer delivery, load {by}, is in the table already.", "Nothing to do; 'reload' loads this one on top of it."),
        line: null, token);

    public Task<RunResult> CancelledAsync(LoadRecord load, AttemptKey attempt, CancellationToken token) => EndedAsync(
        load, attempt, AttemptOutcome.Cancelled, LoadStatus.Cancelled, RunDisposition.Done,
        new TargetFault(FaultKind.Data, "Cancelled on request.", "'requeue' runs it again."), line: null, token);

    public Task<RunResult> FailedAsync(LoadRecord load, AttemptKey attempt, TargetFault fault, Exception exception, CancellationToken token)
    {
        // A message is read away from its load, in a mail or a log: it names the dataset itself.
        if (!fault.Reason.Contains(Path.GetFileName(load.Spec.Dataset), StringComparison.Ordinal))
        {
            fault = fault with { Reason = $"{load.Spec.Dataset}: {fault.Reason}" };
        }

        Log.Failed(logger, load.Id, load.Spec.Dataset, load.Spec.Target, fault.Reason, fault.Hint, fault.Kind == FaultKind.Data ? null : exception);
        return EndedAsync(
            load, attempt, AttemptOutcome.Failed, LoadStatus.Failed, RunDisposition.Failed, fault, (exception as DatasetException)?.Line, token);
    }

    /// <summary>The pause before the load's next attempt, by its inbox or for all; null when it has used them up.</summary>
    public TimeSpan? NextPause(LoadRecord load)
    {
        var pauses = inboxes.RetryDelays(load.Spec.Inbox) ?? options.Retries;
        return load.Failures < pauses.Count ? pauses[load.Failures] : null;
    }

    public async Task<RunResult> RetryAsync(LoadRecord load, AttemptKey attempt, TargetFault fault, TimeSpan delay, CancellationToken token)
    {
        var at = time.GetUtcNow() + delay;
        attempt.Log.Add(time.GetUtcNow(), FormattableString.Invariant($"{fault.Reason} Tried again at {at:HH:mm:ss} UTC."), LogWeight.Warning);
        Log.Retrying(logger, load.Id, load.Spec.Dataset, load.Spec.Target, fault.Reason, at);
        var result = new AttemptResult { Outcome = AttemptOutcome.Retry, Error = fault.Reason, Hint = fault.Hint, NextAttemptAt = at };
        return await FinishAsync(attempt, result, token)
            ? new RunResult(RunDisposition.Retry, fault.Reason, at) { Outcome = AttemptOutcome.Retry }
            : new RunResult(RunDisposition.Fenced, fault.Reason) { Outcome = AttemptOutcome.Fenced };
    }

    /// <summary>Sets the load back in its lane: what it staged in chunks stays, no attempt is used, the next load goes first.</summary>
    public async Task<RunResult> SetBackAsync(LoadRecord load, AttemptKey attempt, TargetFault fault, CancellationToken token)
    {
        var at = time.GetUtcNow() + options.SetBackPause;
        attempt.Log.Add(time.GetUtcNow(), FormattableString.Invariant($"set back until {at:HH:mm:ss} UTC: {fault.Reason}"), LogWeight.Warning);
        Log.SetBack(logger, load.Id, load.Spec.Dataset, load.Spec.Target, fault.Reason, at);
        var result = new AttemptResult { Outcome = AttemptOutcome.Interrupted, Error = fault.Reason, Hint = fault.Hint };
        return await FinishAsync(attempt, result, token)
            ? new RunResult(RunDisposition.HandBack, fault.Reason, at) { Outcome = AttemptOutcome.Interrupted }
            : new RunResult(RunDisposition.Fenced, fault.Reason) { Outcome = AttemptOutcome.Fenced };
    }

    public async Task<RunResult> InterruptedAsync(LoadRecord load, AttemptKey attempt)
    {
        attempt.Log.Add(time.GetUtcNow(), "interrupted: the process stops or the lane is paused; the load goes on at the head of its lane", LogWeight.Warning);
        Log.Interrupted(logger, load.Id, load.Spec.Dataset, load.Spec.Target);
        try
        {
            // One try only: the process is about to go, and the next holder of the lane finds an attempt without an end anyhow.
            using var brief = new CancellationTokenSource(TimeSpan.FromSeconds(2), time);
            await ledger.FinishAsync(attempt, new AttemptResult { Outcome = AttemptOutcome.Interrupted }, brief.Token);
        }
        catch (Exception exception) when (FaultTriage.IsQueueOutage(exception) || exception is OperationCanceledException)
        {
            Log.QueueAway(logger, load.Id, exception);
        }

        return new RunResult(RunDisposition.HandBack) { Outcome = AttemptOutcome.Interrupted };
    }

    private async Task<RunResult> EndedAsync(
        LoadRecord load,
        AttemptKey attempt,
        AttemptOutcome outcome,
        LoadStatus status,
        RunDisposition disposition,
        TargetFault fault,
        long? line,
        CancellationToken token)
    {
        attempt.Log.Add(time.GetUtcNow(), fault.Reason, outcome == AttemptOutcome.Failed ? LogWeight.Error : LogWeight.Info);
        var result = new AttemptResult
        {
            Outcome = outcome,
            Error = fault.Reason,
            ErrorLine = line,
            Hint = fault.Hint,
            Fault = fault.Kind.Word(),
        };
        if (!await FinishAsync(attempt, result, token))
        {
            return new RunResult(RunDisposition.Fenced, fault.Reason) { Outcome = AttemptOutcome.Fenced };
        }

        var content = MarkerFile.Failed(load.Id, status.ToString().ToLowerInvariant(), fault.Reason, line, fault.Hint);
        await markers.BeginAsync(load, status, content);
        return new RunResult(disposition, fault.Reason) { Outcome = outcome };
    }

    /// <summary>Ends the attempt in the ledger, waiting out an outage of the queue database. False: another attempt owns the load.</summary>
    private async Task<bool> FinishAsync(AttemptKey attempt, AttemptResult result, CancellationToken token)
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
