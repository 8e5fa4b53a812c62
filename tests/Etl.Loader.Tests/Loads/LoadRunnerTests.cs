using System.Text.Json;
using Etl.Loader.Ledger;
using Etl.Loader.Loads;
using Etl.Loader.Targets;

namespace Etl.Loader.Tests.Loads;

/// <summary>What becomes of an attempt: its outcome, its faults, and whose word counts.</summary>
public class LoadRunnerTests
{
    private readonly RunnerStage _stage = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("orders.csv", 1)]
    [InlineData("customers.csv", 2)]
    public async Task A_marker_is_written_beside_the_next_load_unless_that_is_of_the_same_dataset(string next, int surveys)
    {
        var disk = new TaskCompletionSource();
        _stage.Inboxes.Disk = disk.Task;
        Assert.IsType<AttemptEnd.Loaded>(await _stage.Runner().RunAsync(_stage.Ledger.Load!, _stage.Lane(), Token));
        Assert.Null(_stage.Inboxes.Marker);

        var load = _stage.Ledger.Load! with { Id = LoadId.New(TimeProvider.System), Spec = _stage.Ledger.Load.Spec with { Dataset = next } };
        var running = _stage.Runner().RunAsync(load, _stage.Lane(), Token);
        Assert.False(running.IsCompleted);
        Assert.Equal(surveys, _stage.Surveyor.Surveys);
        disk.SetResult();
        Assert.IsType<AttemptEnd.Loaded>(await running);
        await _stage.Markers.DisposeAsync();
        Assert.NotNull(_stage.Inboxes.Marker);
    }

    [Fact]
    public async Task A_load_ends_loaded_with_the_receipt_in_the_ledger_and_beside_the_data()
    {
        var result = await _stage.RunAsync();

        Assert.IsType<AttemptEnd.Loaded>(result);
        Assert.Equal(AttemptOutcome.Loaded, _stage.Ledger.Result!.Outcome);
        Assert.Equal(3, _stage.Ledger.Result.RowsLoaded);
        Assert.Equal(LoadStatus.Loaded, _stage.Inboxes.Marker!.Value.Status);
        using var marker = JsonDocument.Parse(_stage.Inboxes.Marker.Value.Content);
        Assert.Equal(_stage.Load.ToString(), marker.RootElement.GetProperty("load_id").GetString());
        Assert.Equal("public.orders", marker.RootElement.GetProperty("table_name").GetString());
    }

    [Fact]
    public async Task A_repeat_finds_the_receipt_and_reads_nothing()
    {
        await _stage.RunAsync();
        await _stage.RunAsync();

        Assert.Equal(1, _stage.Surveyor.Surveys);
        Assert.Equal(AttemptOutcome.Loaded, _stage.Ledger.Result!.Outcome);
    }

    [Fact]
    public async Task A_receipt_of_another_table_proves_nothing()
    {
        await _stage.RunAsync();
        _stage.Target.Receipt = _stage.Target.Receipt! with { TableName = "public.other" };
        await _stage.RunAsync();

        Assert.Equal(2, _stage.Surveyor.Surveys);
    }

    [Fact]
    public async Task A_load_that_has_an_outcome_is_left_alone()
    {
        _stage.Ledger.Load = _stage.Ledger.Load! with { Status = LoadStatus.Cancelled };

        Assert.IsType<AttemptEnd.NotBegun>(await _stage.RunAsync());
        Assert.Null(_stage.Ledger.Result);
        Assert.Equal(0, _stage.Surveyor.Surveys);
    }

    [Fact]
    public async Task A_commit_whose_answer_was_lost_is_found_and_not_repeated()
    {
        _stage.Target.PublishLosesTheAnswer = true;

        Assert.IsType<AttemptEnd.Loaded>(await _stage.RunAsync());
        Assert.Equal(1, _stage.Surveyor.Surveys);
        Assert.Equal(AttemptOutcome.Loaded, _stage.Ledger.Result!.Outcome);
    }

    [Fact]
    public async Task Faulty_data_fails_at_once_with_line_and_advice()
    {
        _stage.Target.StageFaults.Enqueue(new DatasetException("line 7 is bad", "mend it", line: 7));

        var result = await _stage.RunAsync();

        Assert.IsType<AttemptEnd.Failed>(result);
        Assert.Equal((AttemptOutcome.Failed, 7L, "mend it"), (_stage.Ledger.Result!.Outcome, _stage.Ledger.Result.ErrorLine, _stage.Ledger.Result.Hint));
        Assert.Equal("orders.csv: line 7 is bad", _stage.Ledger.Result.Error);
        Assert.True(_stage.Target.StagingDropped);
        Assert.Contains("mend it", _stage.Inboxes.Marker!.Value.Content, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failure_that_quotes_raw_data_is_reported_as_text()
    {
        _stage.Target.StageFaults.Enqueue(new DatasetException("line 1 ('i\0d') is damaged", "mend 'i\0d'"));

        var result = await _stage.RunAsync();

        Assert.Equal("orders.csv: line 1 ('i\uFFFDd') is damaged", result.Message);
        Assert.Equal((result.Message, "mend 'i\uFFFDd'"), (_stage.Ledger.Result!.Error, _stage.Ledger.Result.Hint));
    }

    [Fact]
    public async Task A_dataset_that_changed_while_it_was_read_is_never_published()
    {
        _stage.Inboxes.ChangedWhileRead = new DatasetException("orders.csv changed", "deliver it again");
        _stage.Options.RedeliveryPatience = TimeSpan.Zero;

        Assert.IsType<AttemptEnd.Failed>(await _stage.RunAsync());
        Assert.Null(_stage.Target.Receipt);
    }

    [Fact]
    public async Task A_load_whose_files_a_newer_delivery_replaced_is_superseded_by_it()
    {
        _stage.Inboxes.ChangedWhileRead = new DatasetException("orders.csv changed: it had 10 bytes, now 10", "deliver it again");
        _stage.Ledger.Newer = LoadId.New(TimeProvider.System);

        var result = await _stage.RunAsync();

        Assert.Equal(new AttemptEnd.Superseded(_stage.Ledger.Newer.Value, Replaced: true), result);
        Assert.Contains($"load {_stage.Ledger.Newer.Value.Short} loads the newer delivery", _stage.Ledger.Result!.Error, StringComparison.Ordinal);
        Assert.True(_stage.Target.StagingDropped);
        Assert.Null(_stage.Target.Receipt);
    }

    [Fact]
    public async Task A_newer_delivery_that_is_just_being_accepted_supersedes_too()
    {
        _stage.Inboxes.ChangedWhileRead = new DatasetException("orders.csv changed", "deliver it again");
        var asked = 0;
        _stage.Inboxes.Triggered = () =>
        {
            // Longer than the patience without a trigger, at a look each 200 ms.
            if (++asked == 8)
            {
                _stage.Ledger.Newer = LoadId.New(TimeProvider.System);
            }

            return true;
        };

        Assert.Equal(AttemptOutcome.Superseded, (await _stage.RunAsync()).Outcome);
        Assert.Equal(8, asked);
    }

    [Fact]
    public async Task A_data_fault_of_unchanged_files_is_a_failure_whatever_was_delivered_since()
    {
        _stage.Target.StageFaults.Enqueue(new DatasetException("line 3 is damaged", "fix it"));
        _stage.Ledger.Newer = LoadId.New(TimeProvider.System);

        Assert.IsType<AttemptEnd.Failed>(await _stage.RunAsync());
    }

    [Fact]
    public async Task Rows_that_got_lost_on_the_way_fail_the_load()
    {
        _stage.Target.RowsLoaded = 2;

        Assert.IsType<AttemptEnd.Failed>(await _stage.RunAsync());
        Assert.Null(_stage.Target.Receipt);
    }

    [Fact]
    public async Task Another_fault_is_tried_again_later_until_the_pauses_are_used_up()
    {
        _stage.Target.StageFaults.Enqueue(new InvalidOperationException("hm"));
        Assert.IsType<AttemptEnd.RetryAt>(await _stage.RunAsync());
        Assert.NotNull(_stage.Ledger.Result!.NextAttemptAt);

        _stage.Ledger.Load = _stage.Ledger.Load! with { Failures = _stage.Options.Retries.Count };
        _stage.Target.StageFaults.Enqueue(new InvalidOperationException("hm"));
        Assert.IsType<AttemptEnd.Failed>(await _stage.RunAsync());
    }

    [Fact]
    public async Task An_inbox_may_have_pauses_of_its_own_or_none()
    {
        _stage.Inboxes.Retries = [TimeSpan.FromHours(2)];
        _stage.Target.StageFaults.Enqueue(new InvalidOperationException("hm"));
        Assert.IsType<AttemptEnd.RetryAt>(await _stage.RunAsync());
        Assert.InRange(_stage.Ledger.Result!.NextAttemptAt!.Value - TimeProvider.System.GetUtcNow(), TimeSpan.FromHours(1), TimeSpan.FromHours(2));

        _stage.Inboxes.Retries = [];
        _stage.Target.StageFaults.Enqueue(new InvalidOperationException("hm"));
        Assert.IsType<AttemptEnd.Failed>(await _stage.RunAsync());
    }

    [Fact]
    public async Task Readers_in_the_way_set_the_load_back_and_cost_no_attempt()
    {
        _stage.Target.StageFaults.Enqueue(new ReadersInTheWayException());

        var result = await _stage.RunAsync();

        Assert.InRange(Assert.IsType<AttemptEnd.SetBack>(result).At, TimeProvider.System.GetUtcNow(), DateTimeOffset.MaxValue);
        Assert.Equal(AttemptOutcome.Interrupted, _stage.Ledger.Result!.Outcome);
        Assert.Contains("ada", _stage.Ledger.Result.Error, StringComparison.Ordinal);
        Assert.False(_stage.Target.StagingDropped);
    }

    [Fact]
    public async Task A_refusal_that_no_target_knows_fails_at_once()
    {
        _stage.Target.StageFaults.Enqueue(new LoaderException("no", "do this"));

        Assert.IsType<AttemptEnd.Failed>(await _stage.RunAsync());
    }

    [Fact]
    public async Task A_fenced_attempt_changes_nothing()
    {
        _stage.Target.StageFaults.Enqueue(new FencedException("fake", 1, 2));

        Assert.IsType<AttemptEnd.Fenced>(await _stage.RunAsync());
        Assert.Null(_stage.Ledger.Result);
        Assert.Null(_stage.Inboxes.Marker);
        Assert.False(_stage.Target.StagingDropped);
    }

    [Fact]
    public async Task A_shutdown_hands_the_load_back_whatever_the_driver_throws()
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(Token);
        _stage.Target.Staging = async _ =>
        {
            await stopping.CancelAsync();
            throw new InvalidOperationException("broken by the cancellation");
        };

        var result = await _stage.Runner().RunAsync(_stage.Ledger.Load!, _stage.Lane(), stopping.Token);

        Assert.IsType<AttemptEnd.Interrupted>(result);
        Assert.Equal(AttemptOutcome.Interrupted, _stage.Ledger.Result!.Outcome);
        Assert.Null(_stage.Inboxes.Marker);
    }

    [Fact]
    public async Task A_cancel_stops_a_running_load_and_clears_its_staging()
    {
        _stage.Ledger.Standing = AttemptStanding.CancelRequested;
        _stage.Target.Staging = token => Task.Delay(Timeout.Infinite, token);

        Assert.IsType<AttemptEnd.Cancelled>(await _stage.RunAsync());
        Assert.Equal(AttemptOutcome.Cancelled, _stage.Ledger.Result!.Outcome);
        Assert.True(_stage.Target.StagingDropped);
    }

    [Fact]
    public async Task A_receipt_beats_a_cancel()
    {
        await _stage.RunAsync();
        var receipt = _stage.Target.Receipt;
        _stage.Target.Receipt = null;
        _stage.Ledger.Standing = AttemptStanding.CancelRequested;
        _stage.Target.Staging = async token =>
        {
            _stage.Target.Receipt = receipt;
            await Task.Delay(Timeout.Infinite, token);
        };

        await _stage.RunAsync();

        Assert.Equal(AttemptOutcome.Loaded, _stage.Ledger.Result!.Outcome);
        Assert.False(_stage.Target.StagingDropped);
    }

    [Fact]
    public async Task An_attempt_that_a_later_one_has_replaced_stops_without_a_word()
    {
        _stage.Ledger.Standing = AttemptStanding.Lost;
        _stage.Target.Staging = token => Task.Delay(Timeout.Infinite, token);

        Assert.IsType<AttemptEnd.Fenced>(await _stage.RunAsync());
        Assert.Null(_stage.Ledger.Result);
    }

    [Fact]
    public async Task A_newer_delivery_in_the_table_ends_the_load_as_superseded()
    {
        _stage.Target.NewerDelivery = LoadId.New(TimeProvider.System);

        Assert.IsType<AttemptEnd.Superseded>(await _stage.RunAsync());
        Assert.Equal(AttemptOutcome.Superseded, _stage.Ledger.Result!.Outcome);
    }

    [Fact]
    public async Task A_cancel_is_reported_from_a_publish_also_through_an_outage()
    {
        _stage.Ledger.Standing = AttemptStanding.CancelRequested;
        _stage.Target.Staging = async token =>
        {
            _stage.Target.ReceiptFaults.Enqueue(new TargetAwayException());
            await Task.Delay(Timeout.Infinite, token);
        };

        Assert.IsType<AttemptEnd.Cancelled>(await _stage.RunAsync());
        Assert.Empty(_stage.Target.ReceiptFaults);
    }

    [Fact]
    public async Task A_retry_that_a_cancel_overtook_ends_as_cancelled()
    {
        _stage.Target.StageFaults.Enqueue(new InvalidOperationException("hm"));
        _stage.Ledger.Becomes = LoadStatus.Cancelled;

        Assert.IsType<AttemptEnd.Cancelled>(await _stage.RunAsync());
        Assert.Equal(LoadStatus.Cancelled, _stage.Inboxes.Marker!.Value.Status);
    }

    [Fact]
    public async Task An_attempt_that_the_ledger_gives_to_another_is_fenced_and_marks_nothing()
    {
        _stage.Ledger.Becomes = null;

        Assert.IsType<AttemptEnd.Fenced>(await _stage.RunAsync());
        Assert.Null(_stage.Inboxes.Marker);
    }
}
