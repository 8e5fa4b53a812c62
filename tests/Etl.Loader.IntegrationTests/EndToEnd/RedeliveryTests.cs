namespace Etl.Loader.IntegrationTests.EndToEnd;

/// <summary>A producer writes over a file whose load is still queued, and creates the new trigger when it is done: before or after the older load's turn.</summary>
public sealed class RedeliveryTests(RedeliveryTests.Impatient impatient) : IClassFixture<RedeliveryTests.Impatient>
{
    private RunningUp Up => impatient.Up;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_file_changes_then_the_turn_comes_then_the_new_trigger()
    {
        await QueuedAsync("turn-first.csv");
        Up.Put("warehouse", "turn-first.csv", "id\n2\n");
        await ResumeAsync();
        await UntilAsync("turn-first.csv", "SELECT hint FROM etl_loader.load WHERE dataset = 'turn-first.csv' AND status = 'queued' AND error LIKE '%waiting for the trigger%'", "The new trigger supersedes this load. Without one");
        Up.Trigger("warehouse", "turn-first.csv");
        await SupersededAsync("turn-first.csv");
    }

    [Fact]
    public async Task The_file_changes_then_the_new_trigger_then_the_turn_comes()
    {
        await QueuedAsync("trigger-first.csv");
        Up.Put("warehouse", "trigger-first.csv", "id\n2\n");
        Up.Trigger("warehouse", "trigger-first.csv");
        await UntilAsync("trigger-first.csv", "SELECT count(*)::text FROM etl_loader.load WHERE dataset = 'trigger-first.csv'", "2");
        await ResumeAsync();
        await SupersededAsync("trigger-first.csv");
    }

    [Fact]
    public async Task The_file_is_gone_when_the_turn_comes_and_is_delivered_again()
    {
        await QueuedAsync("gone-first.csv");
        File.Delete(Up.InboxPath("warehouse", "gone-first.csv"));
        await ResumeAsync();
        await UntilAsync("gone-first.csv", "SELECT error FROM etl_loader.load WHERE dataset = 'gone-first.csv' AND status = 'queued'", "waiting for the trigger");
        Up.Deliver("warehouse", "gone-first.csv", "id\n2\n");
        await SupersededAsync("gone-first.csv");
    }

    [Fact]
    public async Task Without_a_new_trigger_it_fails_once_the_file_has_been_unchanged_for_a_while()
    {
        await QueuedAsync("never-triggered.csv");
        Up.Put("warehouse", "never-triggered.csv", "id\n2\n");
        await ResumeAsync();
        Assert.Contains("changed after the load was accepted", (await Up.FailedAsync("warehouse", "never-triggered.csv")).Text, StringComparison.Ordinal);
        Assert.True(
            (await Up.QueueAsync("SELECT count(*) FROM etl_loader.attempts AS a JOIN etl_loader.load AS l USING (load_id) WHERE l.dataset = 'never-triggered.csv' AND a.outcome = 'interrupted'"))[0][0] != "0");
    }

    private async Task QueuedAsync(string dataset)
    {
        (await Up.RunVerbAsync("pause", "warehouse")).Ended(0);
        Up.Deliver("warehouse", dataset, "id\n1\n");
        await Deadline.UntilAsync(() => File.Exists(Up.InboxPath("warehouse", dataset + ".queued")), () => $"{dataset} was not accepted", token: Token);
    }

    private async Task ResumeAsync() => (await Up.RunVerbAsync("resume", "warehouse")).Ended(0);

    private async Task UntilAsync(string dataset, string sql, string says)
    {
        var seen = "";
        await Deadline.WaitAsync(
            async () => (seen = string.Join(' ', (await Up.QueueAsync(sql)).SelectMany(row => row))).Contains(says, StringComparison.Ordinal) ? seen : null,
            () => $"{dataset}: '{seen}' instead of '{says}'\n{Up.Said}",
            token: Token);
    }

    private async Task SupersededAsync(string dataset)
    {
        await UntilAsync(dataset, $"SELECT string_agg(status, ' ' ORDER BY sequence) FROM etl_loader.load WHERE dataset = '{dataset}'", "superseded loaded");
        Assert.Equal([["2"]], await Up.WarehouseAsync($"SELECT id FROM \"{Path.GetFileNameWithoutExtension(dataset).Replace('-', '_')}\""));
        await Up.LoadedAsync("warehouse", dataset);
        Assert.Equal(
            [["0"]], await Up.QueueAsync($"SELECT count(*) FROM etl_loader.attempts AS a JOIN etl_loader.load AS l USING (load_id) WHERE l.dataset = '{dataset}' AND a.outcome = 'failed'"));
    }

    /// <summary>Looks again after a second instead of half a minute.</summary>
    public sealed class Impatient : IAsyncLifetime
    {
        internal RunningUp Up { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Up = await RunningUp.StartAsync(
            "--set", "Loader:Loads:SetBackPause=00:00:01", "--set", "Loader:Loads:RedeliveryPatience=00:00:15", "--set", "Loader:Lane:RetryPoll=00:00:01");

        public async ValueTask DisposeAsync()
        {
            if (Up is not null)
            {
                await Up.DisposeAsync();
            }
        }
    }
}
