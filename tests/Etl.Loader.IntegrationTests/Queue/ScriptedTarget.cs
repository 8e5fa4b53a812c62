using Etl.Loader.Faults;
using Etl.Loader.Ledger;
using Etl.Loader.Survey;
using Etl.Loader.Targets;

namespace Etl.Loader.IntegrationTests.Queue;

/// <summary>A target that only gives out epochs, from a counter that all instances over one database would share.</summary>
internal sealed class ScriptedTarget(string name) : ILoadTarget
{
    private static long _epochs;
    private bool _hasFile;

    /// <summary>Set to let probes fail: the target is away.</summary>
    public string? Away { get; set; }

    /// <summary>Shared by targets of one file: only one of them may have the lane, until it gives it up.</summary>
    public SemaphoreSlim? File { get; init; }

    public string Name => name;

    public string DefaultSchema => "public";

    public ITargetUpkeep Upkeep { get; } = new NoUpkeep();

    public List<LaneClaim> Claims { get; } = [];

    public Task ProbeAsync(CancellationToken token) => Away is { } reason ? Task.FromException(new IOException(reason)) : Task.CompletedTask;

    public Task<long> TakeLaneAsync(LaneClaim claim, CancellationToken token)
    {
        if (File is not null && !_hasFile)
        {
            _hasFile = File.Wait(TimeSpan.Zero, token) ? true : throw new IOException("Another process has the file.");
        }

        Claims.Add(claim);
        return Task.FromResult(Interlocked.Increment(ref _epochs));
    }

    public Task ReleaseLaneAsync()
    {
        if (_hasFile)
        {
            _hasFile = false;
            File!.Release();
        }

        return Task.CompletedTask;
    }

    public TargetFault Classify(Exception exception) => new(FaultKind.Outage, $"target {Name}: {exception.Message}");

    public Task<LoadReceipt?> FindReceiptAsync(LoadId load, CancellationToken token) => throw new NotSupportedException();

    public IAsyncEnumerable<RejectedRecord> ReadRejectsAsync(LoadId load, CancellationToken token) => throw new NotSupportedException();

    public Task<ExistingTable?> FindTableAsync(TableName table, CancellationToken token) => throw new NotSupportedException();

    public Task<IStagedLoad> StageAsync(StageRequest request, IProgress<StageProgress> progress, CancellationToken token) => throw new NotSupportedException();

    public Task DropStagingAsync(LoadId load, long epoch, CancellationToken token) => throw new NotSupportedException();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
