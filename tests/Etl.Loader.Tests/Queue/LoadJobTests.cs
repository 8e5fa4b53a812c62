using Etl.Loader.Faults;
using Etl.Loader.Ledger;
using Etl.Loader.Loads;
using Etl.Loader.Queue.Jobs;
using Etl.Loader.Queue.Lanes;
using Etl.Loader.Targets;
using Hangfire.Server;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Etl.Loader.Tests.Queue;

public sealed class LoadJobTests : IDisposable
{
    private static readonly LoadId Load = new(Guid.Parse("019a0000-0000-7000-8000-000000000001"));

    private static readonly AttemptEnd Done = new AttemptEnd.Loaded(null!);
    private static readonly Comparer<Type> ByName = Comparer<Type>.Create((a, b) => string.CompareOrdinal(a.Name, b.Name));

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly StubLedger _ledger = new();
    private readonly StubRight _right = new();
    private readonly LaneDesk _desk;
    private int _runs;

    public LoadJobTests() => _desk = new LaneDesk("warehouse", _right, new LaneReports("warehouse", null!, _time, NullLogger.Instance), _turn, new LaneOptions(), _time);

    [Fact]
    public async Task A_load_that_is_done_ends_its_job_well()
    {
        await RunAsync(Done);
        Assert.Equal(1, _runs);
    }

    [Fact]
    public async Task A_failure_shows_its_message() => Assert.Equal(
        "line 7 is bad", (await Assert.ThrowsAsync<LoadFailedException>(() => RunAsync(new AttemptEnd.Failed(Fault("line 7 is bad"))))).Message);

    [Fact]
    public async Task A_retry_keeps_its_time()
    {
        var at = _time.GetUtcNow().AddMinutes(5);
        Assert.Equal(at, (await Assert.ThrowsAsync<LoadRetryException>(() => RunAsync(new AttemptEnd.RetryAt(at, Fault("busy"))))).At);
    }

    [Fact]
    public async Task A_fenced_attempt_leaves_the_job_alone() =>
        await Assert.ThrowsAsync<JobAbortedException>(() => RunAsync(new AttemptEnd.Fenced("taken")));

    [Fact]
    public async Task A_load_set_back_gives_way_for_a_moment() =>
        Assert.Equal(_time.GetUtcNow().AddSeconds(5), (await Assert.ThrowsAsync<LoadHandedBackException>(() => RunAsync(new AttemptEnd.Interrupted()))).At);

    [Fact]
    public async Task A_load_stopped_by_its_lane_goes_to_the_head_at_once()
    {
        var back = await Assert.ThrowsAsync<LoadHandedBackException>(() => RunAsync(new AttemptEnd.Interrupted(), during: () => _desk.WindUp("shutdown", TimeSpan.FromSeconds(10))));
        Assert.Null(back.At);
        Assert.Equal("shutdown", back.Message);
    }

    [Fact]
    public async Task A_load_may_continue_for_the_grace_and_is_broken_off_after_it()
    {
        await Assert.ThrowsAsync<LoadHandedBackException>(() => RunAsync(new AttemptEnd.Interrupted(), during: () =>
        {
            _desk.WindUp("shutdown", TimeSpan.FromSeconds(10));
            Assert.True(_desk.WindingUp.IsCancellationRequested);
            _time.Advance(TimeSpan.FromSeconds(9));
            Assert.False(_desk.Aborted.IsCancellationRequested);
            _time.Advance(TimeSpan.FromSeconds(1));
            Assert.True(_desk.Aborted.IsCancellationRequested);
        }));
        Assert.Equal("shutdown", (await Assert.ThrowsAsync<LoadHandedBackException>(() => RunAsync(Done))).Message);
        Assert.Equal(1, _runs);
    }

    [Fact]
    public async Task An_append_waits_for_an_earlier_load_of_its_table_until_that_is_tried_again()
    {
        var at = _time.GetUtcNow().AddMinutes(1);
        _ledger.Earlier = new EarlierLoad(Load, at);
        _ledger.Record = _ledger.Record! with { Spec = _ledger.Record.Spec with { Mode = LoadMode.Append } };
        Assert.Equal(at, (await Assert.ThrowsAsync<LoadHandedBackException>(() => RunAsync(Done))).At);
        Assert.Equal(0, _runs);

        _ledger.Record = _ledger.Record! with { Spec = _ledger.Record.Spec with { Mode = LoadMode.Replace } };
        await RunAsync(Done);
    }

    [Fact]
    public async Task A_runner_that_throws_at_the_stop_is_handed_back_too()
    {
        var back = await Assert.ThrowsAsync<LoadHandedBackException>(
            () => RunAsync(Done, during: () =>
            {
                _desk.WindUp("shutdown", TimeSpan.FromSeconds(10));
                throw new OperationCanceledException();
            }));
        Assert.Null(back.At);
    }

    [Theory]
    [InlineData(LoadStatus.Loaded)]
    [InlineData(LoadStatus.Failed)]
    [InlineData(LoadStatus.Superseded)]
    internal async Task A_load_with_an_outcome_is_not_run_again(LoadStatus status)
    {
        _ledger.Record = StubLedger.Make(Load, status);
        await RunAsync(Done);
        Assert.Equal(0, _runs);
    }

    [Fact]
    public async Task A_cancelled_load_ends_its_job_as_deleted()
    {
        _ledger.Record = StubLedger.Make(Load, LoadStatus.Cancelled);
        await Assert.ThrowsAsync<LoadCancelledException>(() => RunAsync(Done));
        _ledger.Record = StubLedger.Make(Load, LoadStatus.Queued);
        await Assert.ThrowsAsync<LoadCancelledException>(() => RunAsync(new AttemptEnd.Cancelled()));
    }

    [Fact]
    public async Task A_retry_that_is_not_due_waits_on()
    {
        var due = _time.GetUtcNow().AddMinutes(3);
        _ledger.Record = StubLedger.Make(Load, LoadStatus.Retrying) with { NextAttemptAt = due };
        Assert.Equal(due, (await Assert.ThrowsAsync<LoadRetryException>(() => RunAsync(Done))).At);
        Assert.Equal(0, _runs);
    }

    [Fact]
    public async Task Nothing_runs_without_the_lane()
    {
        _right.Held = false;
        await Assert.ThrowsAsync<LoadHandedBackException>(() => RunAsync(Done));
        Assert.Equal(0, _runs);
    }

    [Fact]
    public async Task Without_the_lane_a_load_is_handed_back_and_not_failed_whatever_the_ledger_says()
    {
        _right.Held = false;
        _ledger.Record = null;
        await Assert.ThrowsAsync<LoadHandedBackException>(() => RunAsync(Done));
    }

    [Fact]
    public async Task A_load_learns_that_the_lane_was_lost_before_it_could_begin()
    {
        await _desk.ConfirmTurnAsync(CancellationToken.None);
        _right.Held = false;
        await Assert.ThrowsAsync<LoadHandedBackException>(() => _desk.ConfirmTurnAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_load_that_did_not_begin_comes_back_in_a_moment() =>
        Assert.Equal(_time.GetUtcNow().AddSeconds(5), (await Assert.ThrowsAsync<LoadHandedBackException>(() => RunAsync(new AttemptEnd.NotBegun()))).At);

    [Fact]
    public async Task A_load_that_waits_for_readers_comes_back_at_its_time()
    {
        var at = _time.GetUtcNow().AddMinutes(1);
        Assert.Equal(at, (await Assert.ThrowsAsync<LoadHandedBackException>(() => RunAsync(new AttemptEnd.SetBack(at, Fault("readers"))))).At);
    }

    [Fact]
    public async Task A_superseded_load_ends_its_job_well_and_the_ledger_is_asked_once()
    {
        await RunAsync(new AttemptEnd.Superseded(Load));
        Assert.Equal(1, _ledger.Finds);
    }

    [Fact]
    public void Each_end_of_an_attempt_is_mapped()
    {
        Type[] mapped =
        [
            typeof(AttemptEnd.Loaded), typeof(AttemptEnd.Superseded), typeof(AttemptEnd.Cancelled), typeof(AttemptEnd.Failed), typeof(AttemptEnd.RetryAt),
            typeof(AttemptEnd.SetBack), typeof(AttemptEnd.Interrupted), typeof(AttemptEnd.Fenced), typeof(AttemptEnd.NotBegun),
        ];
        Assert.Equal(mapped.Order(ByName), typeof(AttemptEnd).GetNestedTypes().Order(ByName));
    }

    [Fact]
    public async Task A_load_that_the_ledger_does_not_know_fails_by_name()
    {
        _ledger.Record = null;
        Assert.Contains(Load.ToString(), (await Assert.ThrowsAsync<LoadFailedException>(() => RunAsync(Done))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_load_waits_for_its_turn_and_each_end_gives_the_turn_back()
    {
        using (await _desk.EnterAsync(CancellationToken.None))
        {
            var waiting = RunAsync(Done);
            Assert.Equal(0, _runs);
            Assert.False(waiting.IsCompleted);
            _desk.WindUp("shutdown", TimeSpan.FromSeconds(10));
            await Assert.ThrowsAsync<LoadHandedBackException>(() => waiting);
        }

        Assert.Equal(1, _turn.CurrentCount);
    }

    public void Dispose()
    {
        _desk.Dispose();
        _turn.Dispose();
    }

    private static TargetFault Fault(string reason) => new(FaultKind.Data, reason);

    private Task RunAsync(AttemptEnd end, Action? during = null)
    {
        var runner = new StubRunner(() =>
        {
            _runs++;
            during?.Invoke();
            return end;
        });
        return new LoadJob(new LaneHold(new StubTarget(), 3, _desk), _desk, runner, _ledger, _time, NullLogger.Instance).RunAsync(Load.Value, null, CancellationToken.None);
    }

    private sealed class StubRunner(Func<AttemptEnd> run) : ILoadRunner
    {
        public Task<AttemptEnd> RunAsync(LoadRecord load, LaneHold lane, CancellationToken token) => Task.FromResult(run());
    }

    private sealed class StubLedger : ILoadLedger
    {
        public LoadRecord? Record { get; set; } = Make(Load, LoadStatus.Queued);

        public static LoadRecord Make(LoadId load, LoadStatus status) => new()
        {
            Id = load,
            Spec = new LoadSpec { Inbox = "in", Dataset = "orders.csv", Target = "warehouse", TableName = "orders", Files = [] },
            Status = status,
            Stage = LoadStage.Accepted,
            Attempt = 0,
            Failures = 0,
            Sequence = 1,
            AcceptedAt = DateTimeOffset.UnixEpoch,
        };

        public EarlierLoad? Earlier { get; set; }

        public int Finds { get; private set; }

        public Task<LoadRecord?> FindAsync(LoadId load, CancellationToken token)
        {
            Finds++;
            return Task.FromResult(Record);
        }

        public Task<AttemptKey?> BeginAttemptAsync(LoadId load, long epoch, CancellationToken token) => throw new NotSupportedException();

        public Task<bool> EnterStageAsync(AttemptKey attempt, LoadStage stage, CancellationToken token) => throw new NotSupportedException();

        public Task<AttemptStanding> ReportProgressAsync(AttemptKey attempt, long bytesDone, long? bytesTotal, long rows, CancellationToken token) =>
            throw new NotSupportedException();

        public Task<bool> SaveSurveyAsync(AttemptKey attempt, string survey, CancellationToken token) => throw new NotSupportedException();

        public Task<bool> SetKillsAsync(AttemptKey attempt, int kills, long checkpoints, CancellationToken token) => throw new NotSupportedException();

        public Task<EarlierLoad?> FindEarlierAsync(LoadId load, CancellationToken token) => Task.FromResult(Earlier);

        public Task<LoadId?> FindNewerDeliveryAsync(LoadId load, CancellationToken token) => throw new NotSupportedException();

        public Task<bool> SetWaitsForAsync(AttemptKey attempt, string? waitsFor, CancellationToken token) => throw new NotSupportedException();

        public Task<LoadStatus?> FinishAsync(AttemptKey attempt, AttemptResult result, CancellationToken token) => throw new NotSupportedException();
    }

    private sealed class StubTarget : ILoadTarget
    {
        public string Name => "warehouse";

        public string DefaultSchema => "public";

        public ITargetUpkeep Upkeep => throw new NotSupportedException();

        public Task ProbeAsync(CancellationToken token) => throw new NotSupportedException();

        public Task<long> TakeLaneAsync(LaneClaim claim, CancellationToken token) => throw new NotSupportedException();

        public Task<LoadReceipt?> FindReceiptAsync(LoadId load, CancellationToken token) => throw new NotSupportedException();

        public IAsyncEnumerable<Etl.Loader.Survey.RejectedRecord> ReadRejectsAsync(LoadId load, CancellationToken token) => throw new NotSupportedException();

        public Task<ExistingTable?> FindTableAsync(TableName table, CancellationToken token) => throw new NotSupportedException();

        public Task<IStagedLoad> StageAsync(StageRequest request, IProgress<StageProgress> progress, CancellationToken token) => throw new NotSupportedException();

        public Task DropStagingAsync(LoadId load, long epoch, CancellationToken token) => throw new NotSupportedException();

        public TargetFault Classify(Exception exception) => throw new NotSupportedException();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class StubRight : ILaneRight
    {
        public bool Held { get; set; } = true;

        public PauseRequest Wish => default;

        public Task<bool> IsStillHeldAsync(CancellationToken token) => Task.FromResult(Held);
    }
}
