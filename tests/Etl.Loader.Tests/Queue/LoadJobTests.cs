using Etl.Loader.Ledger;
using Etl.Loader.Loads;
using Etl.Loader.Queue;
using Etl.Loader.Targets;
using Hangfire.Server;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Etl.Loader.Tests.Queue;

public sealed class LoadJobTests : IDisposable
{
    private static readonly LoadId Load = new(Guid.Parse("019a0000-0000-7000-8000-000000000001"));

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly StubLedger _ledger = new();
    private readonly LaneDesk _desk;
    private bool _held = true;
    private int _runs;

    public LoadJobTests() => _desk = new LaneDesk(
        new LaneHold(new StubTarget(), 3, (_, _) => Task.CompletedTask), _turn, _ => Task.FromResult(_held), _time);

    [Fact]
    public async Task A_load_that_is_done_ends_its_job_well()
    {
        await RunAsync(RunDisposition.Done, after: LoadStatus.Loaded);
        Assert.Equal(1, _runs);
    }

    [Fact]
    public async Task A_failure_shows_its_message() => Assert.Equal(
        "line 7 is bad", (await Assert.ThrowsAsync<LoadFailedException>(() => RunAsync(new RunResult(RunDisposition.Failed, "line 7 is bad")))).Message);

    [Fact]
    public async Task A_retry_keeps_its_time()
    {
        var at = _time.GetUtcNow().AddMinutes(5);
        Assert.Equal(at, (await Assert.ThrowsAsync<LoadRetryException>(() => RunAsync(new RunResult(RunDisposition.Retry, "busy", at)))).At);
    }

    [Fact]
    public async Task A_fenced_attempt_leaves_the_job_alone() =>
        await Assert.ThrowsAsync<JobAbortedException>(() => RunAsync(RunDisposition.Fenced));

    [Fact]
    public async Task A_load_set_back_gives_way_for_a_moment() =>
        Assert.Equal(_time.GetUtcNow().AddSeconds(5), (await Assert.ThrowsAsync<LoadHandedBackException>(() => RunAsync(RunDisposition.HandBack))).At);

    [Fact]
    public async Task A_load_stopped_by_its_lane_goes_to_the_head_at_once()
    {
        var back = await Assert.ThrowsAsync<LoadHandedBackException>(() => RunAsync(new RunResult(RunDisposition.HandBack), during: () => _desk.WindUp("shutdown", TimeSpan.FromSeconds(10))));
        Assert.Null(back.At);
        Assert.Equal("shutdown", back.Message);
    }

    [Fact]
    public async Task A_load_may_go_on_for_the_grace_and_is_broken_off_after_it()
    {
        await Assert.ThrowsAsync<LoadHandedBackException>(() => RunAsync(new RunResult(RunDisposition.HandBack), during: () =>
        {
            _desk.WindUp("shutdown", TimeSpan.FromSeconds(10));
            Assert.True(_desk.Hold.WindUp.IsCancellationRequested);
            _time.Advance(TimeSpan.FromSeconds(9));
            Assert.False(_desk.Aborted.IsCancellationRequested);
            _time.Advance(TimeSpan.FromSeconds(1));
            Assert.True(_desk.Aborted.IsCancellationRequested);
        }));
        Assert.Equal("shutdown", (await Assert.ThrowsAsync<LoadHandedBackException>(() => RunAsync(RunDisposition.Done))).Message);
        Assert.Equal(1, _runs);
    }

    [Fact]
    public async Task An_append_waits_for_an_earlier_load_of_its_table_until_that_is_tried_again()
    {
        var at = _time.GetUtcNow().AddMinutes(1);
        _ledger.Earlier = new EarlierLoad(Load, at);
        _ledger.Record = _ledger.Record! with { Spec = _ledger.Record.Spec with { Mode = LoadMode.Append } };
        Assert.Equal(at, (await Assert.ThrowsAsync<LoadHandedBackException>(() => RunAsync(RunDisposition.Done))).At);
        Assert.Equal(0, _runs);

        _ledger.Record = _ledger.Record! with { Spec = _ledger.Record.Spec with { Mode = LoadMode.Replace } };
        await RunAsync(RunDisposition.Done, after: LoadStatus.Loaded);
    }

    [Fact]
    public async Task A_runner_that_throws_at_the_stop_is_handed_back_too()
    {
        var back = await Assert.ThrowsAsync<LoadHandedBackException>(
            () => RunAsync(new RunResult(RunDisposition.Done), during: () =>
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
        await RunAsync(RunDisposition.Done);
        Assert.Equal(0, _runs);
    }

    [Fact]
    public async Task A_cancelled_load_ends_its_job_as_deleted()
    {
        _ledger.Record = StubLedger.Make(Load, LoadStatus.Cancelled);
        await Assert.ThrowsAsync<LoadCancelledException>(() => RunAsync(RunDisposition.Done));
        _ledger.Record = StubLedger.Make(Load, LoadStatus.Queued);
        await Assert.ThrowsAsync<LoadCancelledException>(() => RunAsync(RunDisposition.Done, after: LoadStatus.Cancelled));
    }

    [Fact]
    public async Task A_retry_that_is_not_due_waits_on()
    {
        var due = _time.GetUtcNow().AddMinutes(3);
        _ledger.Record = StubLedger.Make(Load, LoadStatus.Retrying) with { NextAttemptAt = due };
        Assert.Equal(due, (await Assert.ThrowsAsync<LoadRetryException>(() => RunAsync(RunDisposition.Done))).At);
        Assert.Equal(0, _runs);
    }

    [Fact]
    public async Task Nothing_runs_without_the_lane()
    {
        _held = false;
        await Assert.ThrowsAsync<LoadHandedBackException>(() => RunAsync(RunDisposition.Done));
        Assert.Equal(0, _runs);
    }

    [Fact]
    public async Task Without_the_lane_a_load_is_handed_back_and_not_failed_whatever_the_ledger_says()
    {
        _held = false;
        _ledger.Record = null;
        await Assert.ThrowsAsync<LoadHandedBackException>(() => RunAsync(RunDisposition.Done));
    }

    [Fact]
    public async Task A_load_learns_that_the_lane_was_lost_before_it_could_begin()
    {
        await _desk.Hold.Confirm(CancellationToken.None);
        _held = false;
        await Assert.ThrowsAsync<LoadHandedBackException>(() => _desk.Hold.Confirm(CancellationToken.None));
    }

    [Fact]
    public async Task A_job_does_not_succeed_before_the_ledger_has_an_outcome() =>
        Assert.NotNull((await Assert.ThrowsAsync<LoadHandedBackException>(() => RunAsync(RunDisposition.Done, after: LoadStatus.Loading))).At);

    [Fact]
    public async Task An_outcome_that_the_attempt_told_itself_is_not_asked_for_again()
    {
        await RunAsync(new RunResult(RunDisposition.Done, Told: true), after: LoadStatus.Loaded);
        Assert.Equal(1, _ledger.Finds);
        await RunAsync(new RunResult(RunDisposition.Done), after: LoadStatus.Loaded);
        Assert.Equal(2, _ledger.Finds);
    }

    [Fact]
    public async Task A_load_that_the_ledger_does_not_know_fails_by_name()
    {
        _ledger.Record = null;
        Assert.Contains(Load.ToString(), (await Assert.ThrowsAsync<LoadFailedException>(() => RunAsync(RunDisposition.Done))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_load_waits_for_its_turn_and_each_end_gives_the_turn_back()
    {
        using (await _desk.EnterAsync(CancellationToken.None))
        {
            var waiting = RunAsync(RunDisposition.Done, after: LoadStatus.Loaded);
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

    private Task RunAsync(RunDisposition disposition, LoadStatus? after = null) => RunAsync(new RunResult(disposition), after);

    private Task RunAsync(RunResult result, LoadStatus? after = null, Action? during = null)
    {
        var runner = new StubRunner(() =>
        {
            _runs++;
            during?.Invoke();
            if (after is { } status)
            {
                _ledger.Record = StubLedger.Make(Load, status);
            }

            return result;
        });
        return new LoadJob(_desk, runner, _ledger, _time, NullLogger.Instance).RunAsync(Load.Value, null, CancellationToken.None);
    }

    private sealed class StubRunner(Func<RunResult> run) : ILoadRunner
    {
        public Task<RunResult> RunAsync(LoadRecord load, LaneHold lane, CancellationToken token) => Task.FromResult(run());
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

        public Task<bool> SetWaitsForAsync(AttemptKey attempt, string? waitsFor, CancellationToken token) => throw new NotSupportedException();

        public Task<bool> FinishAsync(AttemptKey attempt, AttemptResult result, CancellationToken token) => throw new NotSupportedException();
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
}
