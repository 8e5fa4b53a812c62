using System.Net.Sockets;
using Etl.Loader.Inboxes;
using Etl.Loader.Ledger;
using Etl.Loader.Loads;
using Etl.Loader.Targets;
using Npgsql;

namespace Etl.Loader.Tests.Loads;

/// <summary>Attempts whose target, inbox, disk or queue database is away: they wait and use up nothing.</summary>
public class LoadRunnerOutageTests
{
    private readonly RunnerStage _stage = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_target_that_is_away_is_waited_for_and_uses_no_attempt()
    {
        _stage.Target.StageFaults.Enqueue(new TargetAwayException());
        _stage.Target.FailedProbes = 2;

        Assert.IsType<AttemptEnd.Loaded>(await _stage.RunAsync());
        Assert.Equal(AttemptOutcome.Loaded, _stage.Ledger.Result!.Outcome);
        Assert.Equal(["the target is away", null], _stage.LaneWaits);
        Assert.Equal(["the target is away", null], _stage.Ledger.Waits);
    }

    [Fact]
    public async Task A_publish_that_waits_again_after_an_outage_says_so_again()
    {
        const string Readers = "readers";
        var publishes = 0;
        _stage.Target.BeforePublish = async request =>
        {
            publishes++;
            request.Waits(Readers);
            while (_stage.Ledger.Waits.Count(w => w == Readers) < publishes)
            {
                await Task.Delay(1, Token);
            }

            if (publishes == 1)
            {
                throw new TargetAwayException();
            }
        };

        Assert.IsType<AttemptEnd.Loaded>(await _stage.RunAsync().WaitAsync(TimeSpan.FromSeconds(30), Token));
        Assert.Equal([Readers, "the target is away", null, Readers], _stage.Ledger.Waits);
    }

    [Fact]
    public async Task The_newest_reason_of_an_outage_is_the_one_that_is_shown()
    {
        _stage.Target.StageFaults.Enqueue(new TargetAwayException());
        _stage.Target.ProbeFaults.Enqueue(new TargetAwayException());
        _stage.Target.ProbeFaults.Enqueue(new TargetInUseException());

        Assert.IsType<AttemptEnd.Loaded>(await _stage.RunAsync());
        Assert.Equal(["the target is away", "the target is in use", null], _stage.LaneWaits);
        Assert.Equal(["the target is away", "the target is in use", null], _stage.Ledger.Waits);
    }

    [Fact]
    public async Task A_word_that_could_not_be_taken_back_is_taken_back_by_the_next_report()
    {
        _stage.Target.StageFaults.Enqueue(new TargetAwayException());
        _stage.Ledger.WaitFaults.Enqueue(null);
        _stage.Ledger.WaitFaults.Enqueue(new SocketException(111));
        _stage.Target.Staging = async token =>
        {
            while (_stage.Ledger.Waits.LastOrDefault() is not null || _stage.Ledger.Waits.IsEmpty)
            {
                await Task.Delay(1, token);
            }
        };

        Assert.IsType<AttemptEnd.Loaded>(await _stage.RunAsync().WaitAsync(TimeSpan.FromSeconds(30), Token));
        Assert.Equal(["the target is away", null], _stage.Ledger.Waits);
    }

    [Fact]
    public async Task A_wait_that_is_broken_off_leaves_no_word_at_the_lane()
    {
        using var windUp = new CancellationTokenSource();
        _stage.Options.OutageProbe = TimeSpan.FromHours(1);
        _stage.Target.StageFaults.Enqueue(new TargetAwayException());
        _stage.Target.FailedProbes = int.MaxValue;
        windUp.CancelAfter(TimeSpan.FromMilliseconds(50));
        var desk = new StubDesk { WindingUp = windUp.Token };
        await _stage.Runner().RunAsync(_stage.Ledger.Load!, _stage.Lane(desk), Token);
        Assert.Equal(["the target is away", null], desk.Waits);
    }

    public static TheoryData<string> Refusals => [PostgresErrorCodes.InsufficientPrivilege, PostgresErrorCodes.CheckViolation, PostgresErrorCodes.InternalError];

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task What_the_queue_database_refuses_is_not_waited_for_and_the_lane_says_why(string state)
    {
        _stage.Ledger.BeginFaults.Enqueue(Refused(state));
        await Assert.ThrowsAsync<PostgresException>(() => _stage.RunAsync());
        Assert.Equal($"the queue database: refused [SQLSTATE {state}]", _stage.LaneWaits[^1]);
        Assert.Equal(0, _stage.Ledger.Begun);

        _stage.Ledger.FinishFaults.Enqueue(Refused(state));
        await Assert.ThrowsAsync<PostgresException>(() => _stage.RunAsync());
        Assert.Equal($"the queue database: refused [SQLSTATE {state}]", _stage.LaneWaits[^1]);
        Assert.Null(_stage.Ledger.Result);

        Assert.IsType<AttemptEnd.Loaded>(await _stage.RunAsync());
        Assert.Null(_stage.LaneWaits[^1]);
    }

    [Fact]
    public async Task A_report_that_the_queue_database_refuses_fails_the_load_with_its_words()
    {
        _stage.Ledger.ReportFault = Refused(PostgresErrorCodes.InsufficientPrivilege);
        _stage.Target.Staging = token => Task.Delay(Timeout.Infinite, token);

        Assert.IsType<AttemptEnd.Failed>(await _stage.RunAsync().WaitAsync(TimeSpan.FromSeconds(30), Token));
        Assert.Contains("refused [SQLSTATE 42501]", _stage.Ledger.Result!.Error, StringComparison.Ordinal);
    }

    private static PostgresException Refused(string state) => new("refused", "ERROR", "ERROR", state);

    [Fact]
    public async Task A_target_that_says_for_people_that_it_is_in_use_is_waited_for_too()
    {
        _stage.Target.StageFaults.Enqueue(new TargetInUseException());

        Assert.IsType<AttemptEnd.Loaded>(await _stage.RunAsync());
        Assert.Equal(AttemptOutcome.Loaded, _stage.Ledger.Result!.Outcome);
        Assert.Equal(["the target is in use", null], _stage.LaneWaits);
    }

    [Fact]
    public async Task An_inbox_that_is_away_is_waited_for()
    {
        _stage.Inboxes.ResolveFaults.Enqueue(new InboxAwayException("in", "/in", "it is not mounted"));

        Assert.IsType<AttemptEnd.Loaded>(await _stage.RunAsync());
        Assert.Contains("not mounted", _stage.LaneWaits[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_published_load_is_reported_once_the_queue_database_is_back()
    {
        _stage.Ledger.FinishFaults.Enqueue(new SocketException(111));
        _stage.Ledger.FinishFaults.Enqueue(new TimeoutException());

        Assert.IsType<AttemptEnd.Loaded>(await _stage.RunAsync());
        Assert.Equal(AttemptOutcome.Loaded, _stage.Ledger.Result!.Outcome);
    }

    [Fact]
    public async Task A_load_begins_once_the_queue_database_is_back()
    {
        _stage.Ledger.BeginFaults.Enqueue(new SocketException(111));

        Assert.IsType<AttemptEnd.Loaded>(await _stage.RunAsync());
        Assert.Equal(1, _stage.Ledger.Begun);
    }

    [Fact]
    public async Task A_load_does_not_begin_after_an_outage_where_the_lane_may_be_anothers_by_then()
    {
        _stage.Ledger.BeginFaults.Enqueue(new SocketException(111));
        var lane = _stage.Lane(new StubDesk { Refusal = new InvalidOperationException("not held") });

        await Assert.ThrowsAsync<InvalidOperationException>(() => _stage.Runner().RunAsync(_stage.Ledger.Load!, lane, Token));
        Assert.Equal(0, _stage.Ledger.Begun);
    }

    [Fact]
    public async Task A_wait_for_an_outage_is_not_a_stall()
    {
        _stage.Options.StallLimit = TimeSpan.FromMilliseconds(30);
        _stage.Target.StageFaults.Enqueue(new TargetAwayException());
        _stage.Target.FailedProbes = 60;
        Assert.IsType<AttemptEnd.Loaded>(await _stage.RunAsync());
        Assert.Equal(AttemptOutcome.Loaded, _stage.Ledger.Result!.Outcome);
    }

    [Fact]
    public async Task A_load_that_waits_for_an_outage_is_handed_back_at_once()
    {
        using var windUp = new CancellationTokenSource();
        _stage.Options.OutageProbe = TimeSpan.FromHours(1);
        _stage.Target.StageFaults.Enqueue(new TargetAwayException());
        _stage.Target.FailedProbes = int.MaxValue;
        windUp.CancelAfter(TimeSpan.FromMilliseconds(50));
        var result = await _stage.Runner().RunAsync(_stage.Ledger.Load!, _stage.Lane(new StubDesk { WindingUp = windUp.Token }), Token);
        Assert.IsType<AttemptEnd.Interrupted>(result);
    }

    [Fact]
    public async Task A_full_disk_is_given_back_what_the_load_has_staged_after_a_grace()
    {
        _stage.Options.FullDiskGrace = TimeSpan.FromMilliseconds(20);
        _stage.Target.StageFaults.Enqueue(new DiskFullException());
        Assert.IsType<AttemptEnd.Loaded>(await _stage.RunAsync());
        Assert.True(_stage.Target.StagingDropped);
        Assert.Contains(_stage.LaneWaits, w => w?.Contains("staged was dropped", StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task A_load_does_not_begin_where_its_rows_cannot_fit()
    {
        var spec = _stage.Ledger.Load!.Spec;
        _stage.Ledger.Load = _stage.Ledger.Load with { Spec = spec with { Files = [spec.Files[0] with { Bytes = SpaceCheck.FromBytes }] } };
        _stage.Target.Space.Free.Enqueue(3);
        _stage.Target.Space.Free.Enqueue(3);
        _stage.Target.Space.Free.Enqueue(SpaceCheck.FromBytes);
        Assert.IsType<AttemptEnd.Loaded>(await _stage.RunAsync());
        Assert.Contains("3 bytes free", _stage.LaneWaits[0], StringComparison.Ordinal);
        Assert.False(_stage.Target.StagingDropped);
    }

    [Fact]
    public async Task Free_space_is_not_looked_at_for_a_small_load()
    {
        _stage.Target.Space.Free.Enqueue(3);
        _stage.Target.Space.Free.Enqueue(2);
        Assert.IsType<AttemptEnd.Loaded>(await _stage.RunAsync());
        Assert.Equal(2, _stage.Target.Space.Free.Count);
    }
}
