using System.Net.Sockets;
using System.Text.Json;
using Etl.Loader.Inboxes;
using Etl.Loader.Ledger;
using Etl.Loader.Loads;
using Etl.Loader.Targets;
using Microsoft.Extensions.Logging.Abstractions;

namespace Etl.Loader.Tests.Loads;

public class LoadRunnerTests
{
    private readonly FakeLedger _ledger = new();
    private readonly FakeInboxes _inboxes = new();
    private readonly FakeSurveyor _surveyor = new();
    private readonly FakeTarget _target = new();
    private readonly List<string?> _laneWaits = [];
    private readonly TaskCompletionSource<int> _exits = new();
    private readonly LoadOptions _options = new() { OutageProbe = TimeSpan.FromMilliseconds(1), ProgressInterval = TimeSpan.FromMilliseconds(1) };
    private readonly LoadId _load = LoadId.New(TimeProvider.System);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public LoadRunnerTests() => _ledger.Load = new LoadRecord
    {
        Id = _load,
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

    [Fact]
    public async Task A_load_ends_loaded_with_the_receipt_in_the_ledger_and_beside_the_data()
    {
        var result = await RunAsync();

        Assert.Equal(RunDisposition.Done, result.Disposition);
        Assert.Equal(AttemptOutcome.Loaded, _ledger.Result!.Outcome);
        Assert.Equal(3, _ledger.Result.RowsLoaded);
        Assert.Equal(LoadStatus.Loaded, _inboxes.Marker!.Value.Status);
        using var marker = JsonDocument.Parse(_inboxes.Marker.Value.Content);
        Assert.Equal(_load.ToString(), marker.RootElement.GetProperty("load_id").GetString());
        Assert.Equal("public.orders", marker.RootElement.GetProperty("table_name").GetString());
    }

    [Fact]
    public async Task A_repeat_finds_the_receipt_and_reads_nothing()
    {
        await RunAsync();
        await RunAsync();

        Assert.Equal(1, _surveyor.Surveys);
        Assert.Equal(AttemptOutcome.Loaded, _ledger.Result!.Outcome);
    }

    [Fact]
    public async Task A_receipt_of_another_table_proves_nothing()
    {
        await RunAsync();
        _target.Receipt = _target.Receipt! with { TableName = "public.other" };
        await RunAsync();

        Assert.Equal(2, _surveyor.Surveys);
    }

    [Fact]
    public async Task A_load_that_has_an_outcome_is_left_alone()
    {
        _ledger.Load = _ledger.Load! with { Status = LoadStatus.Cancelled };

        Assert.Equal(RunDisposition.Done, (await RunAsync()).Disposition);
        Assert.Null(_ledger.Result);
        Assert.Equal(0, _surveyor.Surveys);
    }

    [Fact]
    public async Task A_target_that_is_away_is_waited_for_and_uses_no_attempt()
    {
        _target.StageFaults.Enqueue(new TargetAwayException());
        _target.FailedProbes = 2;

        Assert.Equal(RunDisposition.Done, (await RunAsync()).Disposition);
        Assert.Equal(AttemptOutcome.Loaded, _ledger.Result!.Outcome);
        Assert.Equal(["the target is away", null], _laneWaits);
        Assert.Equal(["the target is away", null], _ledger.Waits);
    }

    [Fact]
    public async Task A_target_that_says_for_people_that_it_is_in_use_is_waited_for_too()
    {
        _target.StageFaults.Enqueue(new TargetInUseException());

        Assert.Equal(RunDisposition.Done, (await RunAsync()).Disposition);
        Assert.Equal(AttemptOutcome.Loaded, _ledger.Result!.Outcome);
        Assert.Equal(["the target is in use", null], _laneWaits);
    }

    [Fact]
    public async Task An_inbox_that_is_away_is_waited_for()
    {
        _inboxes.ResolveFaults.Enqueue(new InboxAwayException("in", "/in", "it is not mounted"));

        Assert.Equal(RunDisposition.Done, (await RunAsync()).Disposition);
        Assert.Contains("not mounted", _laneWaits[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_commit_whose_answer_was_lost_is_found_and_not_repeated()
    {
        _target.PublishLosesTheAnswer = true;

        Assert.Equal(RunDisposition.Done, (await RunAsync()).Disposition);
        Assert.Equal(1, _surveyor.Surveys);
        Assert.Equal(AttemptOutcome.Loaded, _ledger.Result!.Outcome);
    }

    [Fact]
    public async Task Faulty_data_fails_at_once_with_line_and_advice()
    {
        _target.StageFaults.Enqueue(new DatasetException("line 7 is bad", "mend it", line: 7));

        var result = await RunAsync();

        Assert.Equal(RunDisposition.Failed, result.Disposition);
        Assert.Equal((AttemptOutcome.Failed, 7L, "mend it"), (_ledger.Result!.Outcome, _ledger.Result.ErrorLine, _ledger.Result.Hint));
        Assert.Equal("orders.csv: line 7 is bad", _ledger.Result.Error);
        Assert.True(_target.StagingDropped);
        Assert.Contains("mend it", _inboxes.Marker!.Value.Content, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dataset_that_changed_while_it_was_read_is_never_published()
    {
        _inboxes.ChangedWhileRead = new DatasetException("orders.csv changed", "deliver it again");

        Assert.Equal(RunDisposition.Failed, (await RunAsync()).Disposition);
        Assert.Null(_target.Receipt);
    }

    [Fact]
    public async Task Rows_that_got_lost_on_the_way_fail_the_load()
    {
        _target.RowsLoaded = 2;

        Assert.Equal(RunDisposition.Failed, (await RunAsync()).Disposition);
        Assert.Null(_target.Receipt);
    }

    [Fact]
    public async Task Another_fault_is_tried_again_later_until_the_pauses_are_used_up()
    {
        _target.StageFaults.Enqueue(new InvalidOperationException("hm"));
        Assert.Equal(RunDisposition.Retry, (await RunAsync()).Disposition);
        Assert.NotNull(_ledger.Result!.NextAttemptAt);

        _ledger.Load = _ledger.Load! with { Failures = _options.Retries.Count };
        _target.StageFaults.Enqueue(new InvalidOperationException("hm"));
        Assert.Equal(RunDisposition.Failed, (await RunAsync()).Disposition);
    }

    [Fact]
    public async Task An_inbox_may_have_pauses_of_its_own_or_none()
    {
        _inboxes.Retries = [TimeSpan.FromHours(2)];
        _target.StageFaults.Enqueue(new InvalidOperationException("hm"));
        Assert.Equal(RunDisposition.Retry, (await RunAsync()).Disposition);
        Assert.InRange(_ledger.Result!.NextAttemptAt!.Value - TimeProvider.System.GetUtcNow(), TimeSpan.FromHours(1), TimeSpan.FromHours(2));

        _inboxes.Retries = [];
        _target.StageFaults.Enqueue(new InvalidOperationException("hm"));
        Assert.Equal(RunDisposition.Failed, (await RunAsync()).Disposition);
    }

    [Fact]
    public async Task Readers_in_the_way_set_the_load_back_and_cost_no_attempt()
    {
        _target.StageFaults.Enqueue(new ReadersInTheWayException());

        var result = await RunAsync();

        Assert.Equal(RunDisposition.HandBack, result.Disposition);
        Assert.NotNull(result.RetryAt);
        Assert.Equal(AttemptOutcome.Interrupted, _ledger.Result!.Outcome);
        Assert.Contains("ada", _ledger.Result.Error, StringComparison.Ordinal);
        Assert.False(_target.StagingDropped);
    }

    [Fact]
    public async Task A_refusal_that_no_target_knows_fails_at_once()
    {
        _target.StageFaults.Enqueue(new LoaderException("no", "do this"));

        Assert.Equal(RunDisposition.Failed, (await RunAsync()).Disposition);
    }

    [Fact]
    public async Task A_fenced_attempt_changes_nothing()
    {
        _target.StageFaults.Enqueue(new FencedException("fake", 1, 2));

        Assert.Equal(RunDisposition.Fenced, (await RunAsync()).Disposition);
        Assert.Null(_ledger.Result);
        Assert.Null(_inboxes.Marker);
        Assert.False(_target.StagingDropped);
    }

    [Fact]
    public async Task A_shutdown_hands_the_load_back_whatever_the_driver_throws()
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(Token);
        _target.Staging = async _ =>
        {
            await stopping.CancelAsync();
            throw new InvalidOperationException("broken by the cancellation");
        };

        var result = await Runner().RunAsync(_ledger.Load!, Lane(), stopping.Token);

        Assert.Equal(RunDisposition.HandBack, result.Disposition);
        Assert.Equal(AttemptOutcome.Interrupted, _ledger.Result!.Outcome);
        Assert.Null(_inboxes.Marker);
    }

    [Fact]
    public async Task A_cancel_stops_a_running_load_and_clears_its_staging()
    {
        _ledger.Standing = AttemptStanding.CancelRequested;
        _target.Staging = token => Task.Delay(Timeout.Infinite, token);

        Assert.Equal(RunDisposition.Done, (await RunAsync()).Disposition);
        Assert.Equal(AttemptOutcome.Cancelled, _ledger.Result!.Outcome);
        Assert.True(_target.StagingDropped);
    }

    [Fact]
    public async Task A_receipt_beats_a_cancel()
    {
        await RunAsync();
        var receipt = _target.Receipt;
        _target.Receipt = null;
        _ledger.Standing = AttemptStanding.CancelRequested;
        _target.Staging = async token =>
        {
            _target.Receipt = receipt;
            await Task.Delay(Timeout.Infinite, token);
        };

        await RunAsync();

        Assert.Equal(AttemptOutcome.Loaded, _ledger.Result!.Outcome);
        Assert.False(_target.StagingDropped);
    }

    [Fact]
    public async Task An_attempt_that_a_later_one_has_replaced_stops_without_a_word()
    {
        _ledger.Standing = AttemptStanding.Lost;
        _target.Staging = token => Task.Delay(Timeout.Infinite, token);

        Assert.Equal(RunDisposition.Fenced, (await RunAsync()).Disposition);
        Assert.Null(_ledger.Result);
    }

    [Fact]
    public async Task A_newer_delivery_in_the_table_ends_the_load_as_superseded()
    {
        _target.NewerDelivery = LoadId.New(TimeProvider.System);

        Assert.Equal(RunDisposition.Done, (await RunAsync()).Disposition);
        Assert.Equal(AttemptOutcome.Superseded, _ledger.Result!.Outcome);
    }

    [Fact]
    public async Task A_published_load_is_told_once_the_queue_database_is_back()
    {
        _ledger.FinishFaults.Enqueue(new SocketException(111));
        _ledger.FinishFaults.Enqueue(new TimeoutException());

        Assert.Equal(RunDisposition.Done, (await RunAsync()).Disposition);
        Assert.Equal(AttemptOutcome.Loaded, _ledger.Result!.Outcome);
    }

    [Fact]
    public async Task A_load_that_killed_the_loader_three_times_is_set_aside()
    {
        _ledger.Load = _ledger.Load! with { Kills = 3 };
        var result = await RunAsync();
        Assert.Equal(RunDisposition.Failed, result.Disposition);
        Assert.Contains("killed the loader 3 times", _ledger.Result!.Error, StringComparison.Ordinal);
        Assert.Contains("requeue", _ledger.Result.Hint, StringComparison.Ordinal);
        Assert.Equal(LoadStatus.Failed, _inboxes.Marker!.Value.Status);
    }

    [Fact]
    public async Task A_load_that_gets_further_between_its_kills_goes_on()
    {
        _ledger.Load = _ledger.Load! with { Kills = 3, KillsCheckpoints = 4 };
        _target.Checkpoints = 5;
        Assert.Equal(RunDisposition.Done, (await RunAsync()).Disposition);
        Assert.Equal((1, 5L), _ledger.Kills);
    }

    [Fact]
    public async Task Kills_before_the_limit_are_noted_with_the_checkpoints_there_are()
    {
        _ledger.Load = _ledger.Load! with { Kills = 1 };
        _target.Checkpoints = 2;
        await RunAsync();
        Assert.Equal((1, 2L), _ledger.Kills);

        _target.Receipt = null;
        _ledger.Load = _ledger.Load! with { Kills = 2, KillsCheckpoints = 2 };
        await RunAsync();
        Assert.Equal((2, 2L), _ledger.Kills);
    }

    [Fact]
    public async Task A_receipt_beats_any_number_of_kills()
    {
        await RunAsync();
        _ledger.Load = _ledger.Load! with { Kills = 9 };
        Assert.Equal(RunDisposition.Done, (await RunAsync()).Disposition);
    }

    [Fact]
    public async Task An_attempt_without_progress_is_ended_and_tried_again()
    {
        _options.StallLimit = TimeSpan.FromMilliseconds(50);
        _target.Staging = token => Task.Delay(Timeout.Infinite, token);
        Assert.Equal(RunDisposition.Retry, (await RunAsync()).Disposition);
        Assert.Contains("no progress", _ledger.Result!.Error, StringComparison.Ordinal);
        Assert.False(_exits.Task.IsCompleted);
    }

    [Fact]
    public async Task An_attempt_that_hangs_beyond_that_ends_its_process()
    {
        (_options.StallLimit, _options.StallGrace) = (TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(50));
        var hung = new TaskCompletionSource();
        _target.Staging = _ => hung.Task;
        var running = RunAsync();
        Assert.Equal(ProcessEnd.ExitCode, await _exits.Task.WaitAsync(TimeSpan.FromSeconds(30), Token));
        hung.SetResult();
        await running;
    }

    [Fact]
    public async Task A_wait_for_an_outage_is_no_stall()
    {
        _options.StallLimit = TimeSpan.FromMilliseconds(30);
        _target.StageFaults.Enqueue(new TargetAwayException());
        _target.FailedProbes = 60;
        Assert.Equal(RunDisposition.Done, (await RunAsync()).Disposition);
        Assert.Equal(AttemptOutcome.Loaded, _ledger.Result!.Outcome);
    }

    [Fact]
    public async Task A_load_that_stopped_at_a_chunk_is_handed_back_with_what_it_staged()
    {
        using var windUp = new CancellationTokenSource();
        _target.Staging = async _ =>
        {
            await windUp.CancelAsync();
            throw new WoundUpException();
        };
        var result = await Runner().RunAsync(_ledger.Load!, Lane() with { WindUp = windUp.Token }, Token);
        Assert.Equal(RunDisposition.HandBack, result.Disposition);
        Assert.Equal(AttemptOutcome.Interrupted, _ledger.Result!.Outcome);
        Assert.False(_target.StagingDropped);
    }

    [Fact]
    public async Task A_load_that_waits_for_an_outage_is_handed_back_at_once()
    {
        using var windUp = new CancellationTokenSource();
        _options.OutageProbe = TimeSpan.FromHours(1);
        _target.StageFaults.Enqueue(new TargetAwayException());
        _target.FailedProbes = int.MaxValue;
        windUp.CancelAfter(TimeSpan.FromMilliseconds(50));
        var result = await Runner().RunAsync(_ledger.Load!, Lane() with { WindUp = windUp.Token }, Token);
        Assert.Equal(RunDisposition.HandBack, result.Disposition);
    }

    [Fact]
    public async Task A_full_disk_is_given_back_what_the_load_has_staged_after_a_grace()
    {
        _options.FullDiskGrace = TimeSpan.FromMilliseconds(20);
        _target.StageFaults.Enqueue(new DiskFullException());
        Assert.Equal(RunDisposition.Done, (await RunAsync()).Disposition);
        Assert.True(_target.StagingDropped);
        Assert.Contains(_laneWaits, w => w?.Contains("staged was dropped", StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task A_load_does_not_begin_where_its_rows_cannot_fit()
    {
        _target.Space.Free.Enqueue(3);
        _target.Space.Free.Enqueue(3);
        _target.Space.Free.Enqueue(1000);
        Assert.Equal(RunDisposition.Done, (await RunAsync()).Disposition);
        Assert.Contains("3 bytes free", _laneWaits[0], StringComparison.Ordinal);
        Assert.False(_target.StagingDropped);
    }

    [Fact]
    public async Task A_failed_load_keeps_its_checkpoints_for_a_requeue()
    {
        _target.Checkpoints = 1;
        _target.StageFaults.Enqueue(new LoaderException("no", "do this"));
        Assert.Equal(RunDisposition.Failed, (await RunAsync()).Disposition);
        Assert.False(_target.StagingDropped);
    }

    private Task<RunResult> RunAsync() => Runner().RunAsync(_ledger.Load!, Lane(), Token);

    private LaneHold Lane() => new(_target, 1, (reason, _) =>
    {
        _laneWaits.Add(reason);
        return Task.CompletedTask;
    });

    private LoadRunner Runner() => new(
        _ledger,
        new LoadAttempt(_inboxes, _surveyor, _ledger, _options, TimeProvider.System),
        new LoadTelling(_ledger, _inboxes, _options, TimeProvider.System, NullLogger<LoadTelling>.Instance),
        new OutageWait(_ledger, _options, TimeProvider.System, NullLogger<OutageWait>.Instance),
        new KillCheck(_ledger, _options),
        new ProcessEnd(NullLogger<ProcessEnd>.Instance) { Exit = _exits.SetResult },
        _options,
        new RetentionOptions(),
        TimeProvider.System,
        NullLogger<LoadRunner>.Instance);
}
