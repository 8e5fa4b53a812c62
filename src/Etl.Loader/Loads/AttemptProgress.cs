using Etl.Loader.Ledger;
using Etl.Loader.Targets;
using Etl.Loader.Telemetry;
using Microsoft.Extensions.Logging;

namespace Etl.Loader.Loads;

/// <summary>
/// Writes a running attempt's stage and progress to the ledger at intervals, and learns there whether someone asked to cancel it or a
/// later attempt took over. A queue database that does not answer costs nothing but the report. Loads shorter than an interval write none.
/// </summary>
internal sealed class AttemptProgress : IProgress<StageProgress>, IProgress<long>, IAsyncDisposable
{
    private readonly AttemptKey _attempt;
    private readonly ILoadLedger _ledger;
    private readonly StallWatch? _stall;
    private readonly StageMeasure? _stages;
    private readonly ILogger _logger;
    private readonly PeriodicTimer _timer;
    private readonly CancellationTokenSource _ended;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;
    private readonly long _bytesTotal;
    private long _bytes;
    private readonly TimeProvider _time;
    private long _rows;
    private LoadStage _written = LoadStage.Accepted;
    private readonly SemaphoreSlim _saying = new(1, 1);
    private volatile string? _waits;
    private string? _waitsWritten;
    private bool _waitsUnknown;

    public AttemptProgress(
        AttemptKey attempt,
        ILoadLedger ledger,
        long bytesTotal,
        TimeSpan interval,
        TimeProvider time,
        ILogger logger,
        CancellationToken token,
        StallWatch? stall = null,
        StageMeasure? stages = null)
    {
        (_attempt, _ledger, _stall, _stages, _bytesTotal, _time, _logger) = (attempt, ledger, stall, stages, bytesTotal, time, logger);
        _ended = CancellationTokenSource.CreateLinkedTokenSource(token);
        _timer = new PeriodicTimer(interval, time);
        _loop = ReportAsync();
    }

    /// <summary>Fires when the caller's token does, or when the attempt may not continue (see <see cref="Standing"/>).</summary>
    public CancellationToken Token => _ended.Token;

    /// <summary>What the ledger said last.</summary>
    public AttemptStanding Standing { get; private set; } = AttemptStanding.Mine;

    public LoadStage Stage { get; private set; } = LoadStage.Accepted;

    /// <summary>What the queue database refused a report with, for a reason that waiting does not end; the attempt may not continue then.</summary>
    public Exception? Refusal { get; private set; }

    /// <summary>A line for people in the attempt's log.</summary>
    public void Note(string text) => _attempt.Log.Add(_time.GetUtcNow(), text);

    /// <summary>What the attempt waits for on purpose, reported with the next report; null: it continues.</summary>
    public void Wait(string? reason)
    {
        if (reason != _waits)
        {
            _waits = reason;
            Note(reason is null ? "resumed" : $"waits: {reason}");
        }
    }

    /// <summary>What the load waits for from now on; null: nothing. Written immediately, and where the queue database is away with the first report after it.</summary>
    public async Task ReportWaitAsync(string? reason, CancellationToken token)
    {
        _waits = reason;
        await FaultTriage.IgnoringQueueOutageAsync(() => WriteWaitsAsync(token), _attempt.Load, _logger);
    }

    /// <summary>Begins a stage; its bytes count from zero again.</summary>
    public void Enter(LoadStage stage, string? note = null)
    {
        Stage = stage;
        _attempt.Log.Add(_time.GetUtcNow(), note ?? stage.Word(), stage: stage);
        _stages?.Enter(stage switch
        {
            LoadStage.Surveying => "survey",
            LoadStage.Staging => "stage",
            LoadStage.Publishing => "publish",
            _ => null,
        });
        if (stage is LoadStage.Surveying or LoadStage.Staging)
        {
            Interlocked.Exchange(ref _bytes, 0);
        }
    }

    public void Report(StageProgress value)
    {
        Interlocked.Exchange(ref _rows, value.Rows);
        Interlocked.Exchange(ref _bytes, value.BytesRead);
    }

    public void Report(long value) => Interlocked.Exchange(ref _bytes, value);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _timer.Dispose();
        _stop.Dispose();
        _ended.Dispose();
        _saying.Dispose();
    }

    /// <summary>Writes the stage if it changed since the last report: a failed load shows how far it came.</summary>
    public async Task WriteStageAsync(CancellationToken token)
    {
        if (_written != Stage)
        {
            _written = Stage;
            await _ledger.EnterStageAsync(_attempt, Stage, token);
        }
    }

    private async Task ReportAsync()
    {
        try
        {
            while (await _timer.WaitForNextTickAsync(_stop.Token))
            {
                if (_stall?.Look(Stage, Interlocked.Read(ref _bytes), Interlocked.Read(ref _rows)) == true)
                {
                    await _ended.CancelAsync();
                }

                await ReportOnceAsync();
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The attempt is over.
        }
    }

    private async Task ReportOnceAsync()
    {
        try
        {
            await WriteStageAsync(_stop.Token);
            await WriteWaitsAsync(_stop.Token);
            Standing = await _ledger.ReportProgressAsync(
                _attempt, Interlocked.Read(ref _bytes), _bytesTotal, Interlocked.Read(ref _rows), _stop.Token);
            if (Standing != AttemptStanding.Mine)
            {
                await _ended.CancelAsync();
            }
        }
        catch (Exception exception) when (FaultTriage.IsQueueOutage(exception))
        {
            Log.ProgressNotWritten(_logger, _attempt.Load, exception);
        }
        catch (Exception exception) when (!_stop.IsCancellationRequested)
        {
            Refusal = exception;
            await _ended.CancelAsync();
        }
    }

    /// <summary>The ledger has what the load waits for now, however often saying it has failed before.</summary>
    private async Task WriteWaitsAsync(CancellationToken token)
    {
        await _saying.WaitAsync(token);
        try
        {
            if (_waits is var waits && (_waitsUnknown || waits != _waitsWritten))
            {
                _waitsUnknown = true;
                await _ledger.SetWaitsForAsync(_attempt, waits, token);
                (_waitsWritten, _waitsUnknown) = (waits, false);
            }
        }
        finally
        {
            _saying.Release();
        }
    }
}
