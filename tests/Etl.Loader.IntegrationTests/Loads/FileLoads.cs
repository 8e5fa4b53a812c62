using System.Text;
using Etl.Loader.Inboxes;
using Etl.Loader.Inboxes.Triggers;
using Etl.Loader.IntegrationTests.Targets;
using Etl.Loader.Ledger;
using Etl.Loader.Loads;
using Etl.Loader.Survey;
using Etl.Loader.Targets;
using Etl.Loader.Tests.Loads;
using Microsoft.Extensions.Logging.Abstractions;

namespace Etl.Loader.IntegrationTests.Loads;

/// <summary>Files and triggers that go the whole way of a load into one target, each newer than the last; only queue and watcher are left out.</summary>
internal sealed class FileLoads : IAsyncDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("file-loads-");
    private readonly InboxCatalog _catalog;
    private readonly CountingSurveyor _surveyor = new();
    private readonly LoadAttempt _way;
    private readonly ILoadTarget _target;
    private long? _epoch;
    private long _sequence;

    public FileLoads(ILoadTarget target, TargetKind kind)
    {
        _target = target;
        _catalog = new InboxCatalog(new LoaderOptions
        {
            Targets = { [target.Name] = new TargetOptions { Kind = kind } },
            Inboxes = { ["in"] = Options },
        });
        Options.Path = _directory.FullName;
        Options.Target = target.Name;
        File.WriteAllText(Path.Combine(_directory.FullName, ".etl-loader-inbox"), Guid.CreateVersion7().ToString());
        var files = new InboxFiles(_catalog, NullLogger<InboxFiles>.Instance);
        _way = new LoadAttempt(files, _surveyor, new NoLedger(), new LoadOptions(), TimeProvider.System);
    }

    public InboxOptions Options { get; } = new();

    /// <summary>Readings that only surveyed.</summary>
    public int Surveys => _surveyor.Surveys;

    public ILoadTarget Target => _target;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public string At(string name) => Path.Combine(_directory.FullName, name);

    public Task<LoadReceipt> LoadAsync(string name, string content, string trigger = "") => LoadAsync(name, Encoding.UTF8.GetBytes(content), trigger);

    /// <summary>Throws as an attempt does: the load's staging is dropped then, as its runner does it.</summary>
    public async Task<LoadReceipt> LoadAsync(string name, byte[] content, string trigger = "")
    {
        await File.WriteAllBytesAsync(At(name), content, Token);
        var inbox = _catalog.Get("in") with { Options = Options };
        var spec = TriggerReader.Settle(inbox, name, ManifestReader.Read(Encoding.UTF8.GetBytes(trigger)), CancellationToken.None);
        var load = new LoadRecord
        {
            Id = LoadId.New(TimeProvider.System),
            Spec = spec,
            Status = LoadStatus.Loading,
            Stage = LoadStage.Accepted,
            Attempt = 1,
            Failures = 0,
            Sequence = ++_sequence,
            AcceptedAt = TimeProvider.System.GetUtcNow(),
        };
        var lane = new LaneHold(_target, _epoch ??= await LoadTargetConformance.TakeAsync(_target), new StubDesk());
        var key = new AttemptKey(load.Id, 1);
        await using var progress = new AttemptProgress(key, new NoLedger(), content.Length, TimeSpan.FromHours(1), TimeProvider.System, NullLogger.Instance, Token);
        try
        {
            var receipt = (await _way.RunAsync(load, key, lane, progress)).Receipt!;
            Assert.Equal(load.Id, receipt.LoadId);
            return receipt;
        }
        catch
        {
            await _target.DropStagingAsync(load.Id, lane.Epoch, Token);
            throw;
        }
    }

    /// <summary>Name and type, in our spelling, of every column of the table.</summary>
    public async Task<string> TypesAsync(string table)
    {
        var found = await _target.FindTableAsync(new TableName(_target.DefaultSchema, table), Token);
        return string.Join(", ", found!.Columns.Select(c => $"{c.Name} {(c.Type is { } type ? Survey.Types.ColumnTypes.Format(type) : c.DeclaredType)}"));
    }

    public async ValueTask DisposeAsync()
    {
        await _target.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    /// <summary>Of an attempt that no one watches.</summary>
    private sealed class NoLedger : ILoadLedger
    {
        public Task<LoadRecord?> FindAsync(LoadId load, CancellationToken token) => Task.FromResult<LoadRecord?>(null);

        public Task<AttemptKey?> BeginAttemptAsync(LoadId load, long epoch, CancellationToken token) => Task.FromResult<AttemptKey?>(null);

        public Task<bool> EnterStageAsync(AttemptKey attempt, LoadStage stage, CancellationToken token) => Task.FromResult(true);

        public Task<AttemptStanding> ReportProgressAsync(AttemptKey attempt, long bytesDone, long? bytesTotal, long rows, CancellationToken token) =>
            Task.FromResult(AttemptStanding.Mine);

        public Task<bool> SaveSurveyAsync(AttemptKey attempt, string survey, CancellationToken token) => Task.FromResult(true);

        public Task<bool> SetKillsAsync(AttemptKey attempt, int kills, long checkpoints, CancellationToken token) => Task.FromResult(true);

        public Task<EarlierLoad?> FindEarlierAsync(LoadId load, CancellationToken token) => Task.FromResult<EarlierLoad?>(null);

        public Task<LoadId?> FindNewerDeliveryAsync(LoadId load, CancellationToken token) => Task.FromResult<LoadId?>(null);

        public Task<bool> SetWaitsForAsync(AttemptKey attempt, string? waitsFor, CancellationToken token) => Task.FromResult(true);

        public Task<LoadStatus?> FinishAsync(AttemptKey attempt, AttemptResult result, CancellationToken token) => Task.FromResult<LoadStatus?>(LoadStatus.Loaded);
    }
}
