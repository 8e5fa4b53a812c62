using Etl.Loader.Ledger;
using Etl.Loader.Loads;
using Etl.Loader.Targets;

namespace Etl.Loader.Tests.Loads;

/// <summary>Loads that would take their lane with them: killing, hanging or outlasting a stop. What they have staged is kept where it helps.</summary>
public class LoadRunnerSafeguardTests
{
    private readonly RunnerStage _stage = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_load_that_killed_the_loader_three_times_is_set_aside()
    {
        _stage.Ledger.Load = _stage.Ledger.Load! with { Kills = 3 };
        var result = await _stage.RunAsync();
        Assert.IsType<AttemptEnd.Failed>(result);
        Assert.Contains("the loader was killed 3 times", _stage.Ledger.Result!.Error, StringComparison.Ordinal);
        Assert.Contains("requeue", _stage.Ledger.Result.Hint, StringComparison.Ordinal);
        Assert.Equal(LoadStatus.Failed, _stage.Inboxes.Marker!.Value.Status);
    }

    [Fact]
    public async Task A_load_that_gets_further_between_its_kills_continues()
    {
        _stage.Ledger.Load = _stage.Ledger.Load! with { Kills = 3, KillsCheckpoints = 4 };
        _stage.Target.Checkpoints = 5;
        Assert.IsType<AttemptEnd.Loaded>(await _stage.RunAsync());
        Assert.Equal((1, 5L), _stage.Ledger.Kills);
    }

    [Fact]
    public async Task Kills_before_the_limit_are_noted_with_the_checkpoints_there_are()
    {
        _stage.Ledger.Load = _stage.Ledger.Load! with { Kills = 1 };
        _stage.Target.Checkpoints = 2;
        await _stage.RunAsync();
        Assert.Equal((1, 2L), _stage.Ledger.Kills);

        _stage.Target.Receipt = null;
        _stage.Ledger.Load = _stage.Ledger.Load! with { Kills = 2, KillsCheckpoints = 2 };
        await _stage.RunAsync();
        Assert.Equal((2, 2L), _stage.Ledger.Kills);
    }

    [Fact]
    public async Task A_receipt_beats_any_number_of_kills()
    {
        await _stage.RunAsync();
        _stage.Ledger.Load = _stage.Ledger.Load! with { Kills = 9 };
        Assert.IsType<AttemptEnd.Loaded>(await _stage.RunAsync());
    }

    [Fact]
    public async Task An_attempt_without_progress_is_ended_and_tried_again()
    {
        _stage.Options.StallLimit = TimeSpan.FromMilliseconds(50);
        _stage.Target.Staging = token => Task.Delay(Timeout.Infinite, token);
        Assert.IsType<AttemptEnd.RetryAt>(await _stage.RunAsync());
        Assert.Contains("no progress", _stage.Ledger.Result!.Error, StringComparison.Ordinal);
        Assert.False(_stage.Exits.Task.IsCompleted);
    }

    [Fact]
    public async Task An_attempt_that_hangs_beyond_that_ends_its_process()
    {
        (_stage.Options.StallLimit, _stage.Options.StallGrace) = (TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(50));
        var hung = new TaskCompletionSource();
        _stage.Target.Staging = _ => hung.Task;
        var running = _stage.RunAsync();
        Assert.Equal(ProcessEnd.ExitCode, await _stage.Exits.Task.WaitAsync(TimeSpan.FromSeconds(30), Token));
        hung.SetResult();
        await running;
    }

    [Fact]
    public async Task A_load_that_stopped_at_a_chunk_is_handed_back_with_what_it_staged()
    {
        using var windUp = new CancellationTokenSource();
        _stage.Target.Staging = async _ =>
        {
            await windUp.CancelAsync();
            throw new WoundUpException();
        };
        var result = await _stage.Runner().RunAsync(_stage.Ledger.Load!, _stage.Lane(new StubDesk { WindingUp = windUp.Token }), Token);
        Assert.IsType<AttemptEnd.Interrupted>(result);
        Assert.Equal(AttemptOutcome.Interrupted, _stage.Ledger.Result!.Outcome);
        Assert.False(_stage.Target.StagingDropped);
    }

    [Fact]
    public async Task A_failed_load_keeps_its_checkpoints_for_a_requeue()
    {
        _stage.Target.Checkpoints = 1;
        _stage.Target.StageFaults.Enqueue(new LoaderException("no", "do this"));
        Assert.IsType<AttemptEnd.Failed>(await _stage.RunAsync());
        Assert.False(_stage.Target.StagingDropped);
    }
}
