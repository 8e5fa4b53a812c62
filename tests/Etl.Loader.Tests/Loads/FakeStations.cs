using System.Collections.Concurrent;
using Etl.Loader.Faults;
using Etl.Loader.Files;
using Etl.Loader.Inboxes;
using Etl.Loader.Ledger;
using Etl.Loader.Survey;
using Etl.Loader.Targets;

namespace Etl.Loader.Tests.Loads;

internal sealed class FakeAttemptLedger : ILoadLedger
{
    public LoadRecord? Load { get; set; }
    public AttemptResult? Result { get; private set; }
    public AttemptStanding Standing { get; set; } = AttemptStanding.Mine;
    public ConcurrentQueue<string?> Waits { get; } = [];
    public TaskCompletionSource Reported { get; } = new();

    /// <summary>Thrown by the next calls of <see cref="FinishAsync"/>, one each.</summary>
    public Queue<Exception> FinishFaults { get; } = new();

    /// <summary>Thrown by the next calls of <see cref="BeginAttemptAsync"/>, one each.</summary>
    public Queue<Exception> BeginFaults { get; } = new();

    public int Begun { get; private set; }

    public Task<LoadRecord?> FindAsync(LoadId load, CancellationToken token) => Task.FromResult(Load);

    public Task<AttemptKey?> BeginAttemptAsync(LoadId load, long epoch, CancellationToken token)
    {
        if (BeginFaults.TryDequeue(out var fault))
        {
            throw fault;
        }

        Begun++;
        return Task.FromResult(Load!.Status is LoadStatus.Loaded or LoadStatus.Cancelled ? null : new AttemptKey(load, Load.Attempt + 1));
    }

    public Task<bool> EnterStageAsync(AttemptKey attempt, LoadStage stage, CancellationToken token) => Task.FromResult(true);

    public Task<AttemptStanding> ReportProgressAsync(
        AttemptKey attempt, long bytesDone, long? bytesTotal, long rows, CancellationToken token)
    {
        Reported.TrySetResult();
        if (ReportFault is not null)
        {
            throw ReportFault;
        }

        return Task.FromResult(Standing);
    }

    public Task<bool> SaveSurveyAsync(AttemptKey attempt, string survey, CancellationToken token) => Task.FromResult(true);

    public (int Kills, long Checkpoints)? Kills { get; private set; }

    public Task<bool> SetKillsAsync(AttemptKey attempt, int kills, long checkpoints, CancellationToken token)
    {
        Kills = (kills, checkpoints);
        return Task.FromResult(true);
    }

    public Task<EarlierLoad?> FindEarlierAsync(LoadId load, CancellationToken token) => Task.FromResult<EarlierLoad?>(null);

    /// <summary>Accepted since, of the same dataset.</summary>
    public LoadId? Newer { get; set; }

    public Task<LoadId?> FindNewerDeliveryAsync(LoadId load, CancellationToken token) => Task.FromResult(Newer);

    /// <summary>Thrown by the next calls of <see cref="SetWaitsForAsync"/>, one each; null: the call succeeds.</summary>
    public Queue<Exception?> WaitFaults { get; } = new();

    /// <summary>Thrown by each report of progress.</summary>
    public Exception? ReportFault { get; set; }

    public Task<bool> SetWaitsForAsync(AttemptKey attempt, string? waitsFor, CancellationToken token)
    {
        if (WaitFaults.TryDequeue(out var fault) && fault is not null)
        {
            throw fault;
        }

        Waits.Enqueue(waitsFor);
        return Task.FromResult(true);
    }

    /// <summary>What the load becomes by its attempt's end; null: another attempt owns it.</summary>
    public LoadStatus? Becomes { get; set; } = LoadStatus.Loaded;

    public Task<LoadStatus?> FinishAsync(AttemptKey attempt, AttemptResult result, CancellationToken token)
    {
        token.ThrowIfCancellationRequested();
        if (FinishFaults.TryDequeue(out var fault))
        {
            throw fault;
        }

        Result = result;
        return Task.FromResult(Becomes);
    }
}

internal sealed class FakeInboxes : IInboxes
{
    public Queue<Exception> ResolveFaults { get; } = new();
    public Exception? ChangedWhileRead { get; set; }
    public (LoadStatus Status, string Content)? Marker { get; private set; }

    public IReadOnlyList<SourceFile> Resolve(LoadSpec spec) =>
        ResolveFaults.TryDequeue(out var fault) ? throw fault : [.. spec.Files.Select(f => new SourceFile(f.Path, "/" + f.Path)
        {
            Pin = new PinnedFile("/", f.Path, new FileStat(FileKind.Regular, f.Bytes, f.ModifiedAt)),
        })];

    public void VerifyUnchanged(LoadSpec spec)
    {
        if (ChangedWhileRead is not null)
        {
            throw ChangedWhileRead;
        }
    }

    /// <summary>Asked while a newer delivery is waited for.</summary>
    public Func<bool> Triggered { get; set; } = static () => false;

    public bool IsTriggered(LoadSpec spec) => Triggered();

    /// <summary>The files as they are now.</summary>
    public Func<LoadSpec, LoadSpec> Refreshed { get; set; } = static spec => spec;

    public LoadSpec Refresh(LoadSpec spec) => Refreshed(spec);

    public IReadOnlyList<TimeSpan>? Retries { get; set; }

    public IReadOnlyList<TimeSpan>? RetryDelays(string inbox) => Retries;

    /// <summary>What the disk takes for a marker.</summary>
    public Task Disk { get; set; } = Task.CompletedTask;

    public async Task<bool> WriteMarkerAsync(LoadId load, LoadSpec spec, LoadStatus status, string content, CancellationToken token)
    {
        await Disk;
        Marker = (status, content);
        return true;
    }
}

internal sealed class FakeSurveyor : IDatasetSurveyor
{
    public int Surveys { get; private set; }

    public Task<DatasetSurvey> SurveyAsync(SurveyRequest request, IProgress<long> bytesRead, CancellationToken token)
    {
        Surveys++;
        return Task.FromResult(new DatasetSurvey
        {
            Format = DataFormat.Delimited,
            Files = [.. request.Files.Select(f => new FileSurvey { Path = f.Name, Bytes = f.Bytes, Rows = 3, Sha256 = "ab" })],
            Columns = [new("a", ColumnType.Text, 0, 0, null)],
            Rows = 3,
            Bytes = request.Files.Sum(f => f.Bytes),
            Sha256 = "ab",
            Notes = [],
        });
    }

    public DatasetSurvey? Sketch(SurveyRequest request) => null;

    public DatasetReader CreateOnePassReader(SurveyRequest request, DatasetSurvey sketch, IReadOnlyList<ColumnType> types, bool declared) => new NoReader();

    public DatasetReader CreateReader(DatasetSurvey survey, IReadOnlyList<SourceFile> files, IReadOnlyList<ColumnType> types) => new NoReader();

    private sealed class NoReader : DatasetReader
    {
        public override IReadOnlyList<SourceFile> Files => [];

        public override IRecordReader Open(int file, Chunk? chunk = null) => throw new InvalidOperationException();
    }
}

internal sealed class TargetAwayException() : Exception("away");

internal sealed class DiskFullException() : Exception("full");

internal sealed class ReadersInTheWayException() : LoaderException("ada reads the table since an hour");

/// <summary>An outage with a message for people, as targets throw it for a file that another process has open.</summary>
internal sealed class TargetInUseException() : LoaderException("the target is in use", "It goes on by itself.");

internal sealed class FakeTarget : ILoadTarget, IStagedLoad
{
    public string Name => "fake";
    public string DefaultSchema => "public";
    public FakeUpkeep Space { get; } = new();
    public ITargetUpkeep Upkeep => Space;
    public long Checkpoints { get; set; }
    public LoadReceipt? Receipt { get; set; }
    public Queue<Exception> StageFaults { get; } = new();
    public int FailedProbes { get; set; }
    public LoadId? NewerDelivery { get; set; }
    public Func<CancellationToken, Task> Staging { get; set; } = _ => Task.CompletedTask;
    public bool PublishLosesTheAnswer { get; set; }

    /// <summary>What a publish does first.</summary>
    public Func<PublishRequest, Task> BeforePublish { get; set; } = static _ => Task.CompletedTask;

    public bool StagingDropped { get; private set; }
    public long RowsLoaded { get; set; } = 3;
    public long RowsRejected => 0;

    /// <summary>Thrown by the next probes, one each.</summary>
    public Queue<Exception> ProbeFaults { get; } = new();

    public Task ProbeAsync(CancellationToken token) =>
        ProbeFaults.TryDequeue(out var fault) ? throw fault
        : FailedProbes-- > 0 ? throw new TargetAwayException()
        : Task.CompletedTask;

    public Task<long> TakeLaneAsync(LaneClaim claim, CancellationToken token) => Task.FromResult(1L);

    /// <summary>Thrown by the next looks for a receipt, one each.</summary>
    public Queue<Exception> ReceiptFaults { get; } = new();

    public Task<LoadReceipt?> FindReceiptAsync(LoadId load, CancellationToken token) =>
        ReceiptFaults.TryDequeue(out var fault) ? Task.FromException<LoadReceipt?>(fault) : Task.FromResult(Receipt);

    public IReadOnlyList<RejectedRecord> Rejected { get; set; } = [];

    public IAsyncEnumerable<RejectedRecord> ReadRejectsAsync(LoadId load, CancellationToken token) => Rejected.ToAsyncEnumerable();

    public Task<ExistingTable?> FindTableAsync(TableName table, CancellationToken token) => Task.FromResult<ExistingTable?>(null);

    public async Task<IStagedLoad> StageAsync(StageRequest request, IProgress<StageProgress> progress, CancellationToken token)
    {
        if (StageFaults.TryDequeue(out var fault))
        {
            throw fault;
        }

        await Staging(token);
        return this;
    }

    public async Task<PublishOutcome> PublishAsync(PublishRequest request, CancellationToken token)
    {
        await BeforePublish(request);
        if (NewerDelivery is not null)
        {
            return new PublishOutcome(null, NewerDelivery);
        }

        Receipt = request.Receipt;
        if (PublishLosesTheAnswer)
        {
            PublishLosesTheAnswer = false;
            throw new TargetAwayException();
        }

        return new PublishOutcome(Receipt, null);
    }

    public Task<long> CountCheckpointsAsync(LoadId load, CancellationToken token) => Task.FromResult(Checkpoints);

    public Task DropStagingAsync(LoadId load, long epoch, CancellationToken token)
    {
        StagingDropped = true;
        return Task.CompletedTask;
    }

    public TargetFault Classify(Exception exception) => exception switch
    {
        TargetAwayException => new TargetFault(FaultKind.Outage, "the target is away"),
        TargetInUseException => new TargetFault(FaultKind.Outage, exception.Message),
        DiskFullException => new TargetFault(FaultKind.Outage, "no space left", Full: true),
        ReadersInTheWayException => new TargetFault(FaultKind.Busy, exception.Message),
        _ => new TargetFault(FaultKind.Unknown, exception.Message),
    };

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
