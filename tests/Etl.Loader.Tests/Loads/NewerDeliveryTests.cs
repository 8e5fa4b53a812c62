using Etl.Loader.Ledger;
using Etl.Loader.Loads;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Etl.Loader.Tests.Loads;

/// <summary>A load whose files were replaced waits for the trigger that says so; without one it fails, but not while the producer writes.</summary>
public sealed class NewerDeliveryTests
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(40);

    /// <summary>Each question about the time takes longer than a look within an attempt may.</summary>
    private readonly FakeTimeProvider _time = new() { AutoAdvanceAmount = Look };
    private readonly RunnerStage _stage = new();
    private readonly NewerDelivery _newer;

    public NewerDeliveryTests()
    {
        _stage.Options.RedeliveryPatience = TimeSpan.FromMinutes(10);
        _stage.Inboxes.ChangedWhileRead = new DatasetException("orders.csv changed", "deliver it again");
        _newer = new(_stage.Ledger, _stage.Inboxes, _stage.Options, _time, NullLogger<NewerDelivery>.Instance);
    }

    private LoadRecord Load => _stage.Ledger.Load!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_waits_for_the_trigger_and_is_superseded_once_that_is_accepted()
    {
        Assert.Equal(new Redelivery(null), await _newer.FindAsync(Load, Token));
        Assert.Equal(new Redelivery(null), await _newer.FindAsync(Load, Token));
        _stage.Ledger.Newer = LoadId.New(TimeProvider.System);
        Assert.Equal(new Redelivery(_stage.Ledger.Newer), await _newer.FindAsync(Load, Token));
    }

    [Fact]
    public async Task Without_a_trigger_it_fails_once_the_files_have_been_unchanged_for_long_enough()
    {
        Assert.Equal(new Redelivery(null), await _newer.FindAsync(Load, Token));
        _time.Advance(_stage.Options.RedeliveryPatience - Look * 8);
        Assert.Equal(new Redelivery(null), await _newer.FindAsync(Load, Token));
        _time.Advance(Look * 5);
        Assert.Null(await _newer.FindAsync(Load, Token));
    }

    [Fact]
    public async Task While_any_of_the_files_still_changes_it_waits()
    {
        for (var bytes = 1; bytes <= 5; bytes++)
        {
            var size = bytes;
            _stage.Inboxes.Refreshed = spec => spec with { Files = [.. spec.Files, new DataFile("more.csv", size, DateTimeOffset.UnixEpoch)] };
            Assert.Equal(new Redelivery(null), await _newer.FindAsync(Load, Token));
            _time.Advance(_stage.Options.RedeliveryPatience);
        }

        Assert.Null(await _newer.FindAsync(Load, Token));
    }

    [Fact]
    public async Task While_the_trigger_lies_there_untaken_it_waits_however_long()
    {
        _stage.Inboxes.Triggered = static () => true;
        Assert.Equal(new Redelivery(null), await _newer.FindAsync(Load, Token));
        _time.Advance(_stage.Options.RedeliveryPatience * 3);
        Assert.Equal(new Redelivery(null), await _newer.FindAsync(Load, Token));
        _stage.Inboxes.Triggered = static () => false;
        Assert.Null(await _newer.FindAsync(Load, Token));
    }

    [Fact]
    public async Task An_append_fails_at_once_since_the_next_delivery_does_not_bring_its_rows_again()
    {
        _stage.Ledger.Load = Load with { Spec = Load.Spec with { Mode = LoadMode.Append } };
        Assert.Null(await _newer.FindAsync(Load, Token));
    }

    [Fact]
    public async Task Meanwhile_the_load_is_set_back_with_the_reason_and_uses_no_attempt()
    {
        var end = Assert.IsType<AttemptEnd.SetBack>(await _stage.RunAsync());
        Assert.Contains("orders.csv: its data changed after the load was accepted", end.Message, StringComparison.Ordinal);
        Assert.Contains("00:10:00 (Loader:Loads:RedeliveryPatience)", end.WaitsFor.Hint, StringComparison.Ordinal);
        Assert.Equal(AttemptOutcome.Interrupted, _stage.Ledger.Result!.Outcome);
        Assert.True(_stage.Target.StagingDropped);
        Assert.Null(_stage.Target.Receipt);
    }
}
