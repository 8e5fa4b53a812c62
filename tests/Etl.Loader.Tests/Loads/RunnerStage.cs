using Etl.Loader.Ledger;
using Etl.Loader.Loads;
using Microsoft.Extensions.Logging.Abstractions;

namespace Etl.Loader.Tests.Loads;

/// <summary>A <see cref="LoadRunner"/> among fakes, and one small load that it is given.</summary>
internal sealed class RunnerStage
{
    private readonly StubDesk _desk = new();
    private MarkerWriter? _markers;

    public RunnerStage() => Ledger.Load = new LoadRecord
    {
        Id = Load,
        Spec = new LoadSpec
        {
            Inbox = "in",
            Dataset = "orders.csv",
            Target = "fake",
            TableName = "orders",
            Files = [new DataFile("orders.csv", 10, DateTimeOffset.UnixEpoch)],
        },
        Status = LoadStatus.Queued,
        Stage = LoadStage.Accepted,
        Attempt = 0,
        Failures = 0,
        Sequence = 7,
        AcceptedAt = DateTimeOffset.UnixEpoch,
    };

    public LoadId Load { get; } = LoadId.New(TimeProvider.System);

    public FakeAttemptLedger Ledger { get; } = new();

    public FakeInboxes Inboxes { get; } = new();

    public FakeSurveyor Surveyor { get; } = new();

    public FakeTarget Target { get; } = new();

    /// <summary>What the lane said it waits for, in turn.</summary>
    public IReadOnlyList<string?> LaneWaits => _desk.Waits;

    /// <summary>The exit code with which the process would have ended.</summary>
    public TaskCompletionSource<int> Exits { get; } = new();

    public LoadOptions Options { get; } = new() { OutageProbe = TimeSpan.FromMilliseconds(1), ProgressInterval = TimeSpan.FromMilliseconds(1) };

    public MarkerWriter Markers => _markers ??= new MarkerWriter(Inboxes, TimeProvider.System, NullLogger<MarkerWriter>.Instance);

    /// <summary>Until the load's marker is written.</summary>
    public async Task<AttemptEnd> RunAsync()
    {
        var result = await Runner().RunAsync(Ledger.Load!, Lane(), TestContext.Current.CancellationToken);
        await Markers.WrittenAsync(Ledger.Load!.Spec);
        return result;
    }

    /// <param name="desk">The lane's; that of the stage where none is given.</param>
    public LaneHold Lane(StubDesk? desk = null) => new(Target, 1, desk ?? _desk);

    public LoadRunner Runner() => new(
        new AttemptStart(
            Ledger, Options, new ProcessEnd(NullLogger<ProcessEnd>.Instance) { Exit = Exits.SetResult }, TimeProvider.System, NullLogger<AttemptStart>.Instance),
        new LoadAttempt(Inboxes, Surveyor, Ledger, Options, TimeProvider.System),
        new FaultEnd(
            Inboxes, new NewerDelivery(Ledger, Inboxes, Options, TimeProvider.System, NullLogger<NewerDelivery>.Instance), Options, new RetentionOptions(), TimeProvider.System,
            NullLogger<FaultEnd>.Instance),
        new OutcomeReporter(Ledger, Markers, Options, TimeProvider.System, NullLogger<OutcomeReporter>.Instance),
        Markers,
        new OutageWait(Inboxes, Options, TimeProvider.System, NullLogger<OutageWait>.Instance),
        new KillCheck(Ledger, Options),
        TimeProvider.System);
}
