namespace Etl.Loader.IntegrationTests.EndToEnd;

public sealed class BadInputTests(BadInputTests.Prepared prepared) : IClassFixture<BadInputTests.Prepared>
{
    private static readonly string[] KeptTables = ["empty", "ragged", "owned"];

    private RunningUp Up => prepared.Up;

    public static TheoryData<string> Names => [.. BadInput.All.Select(bad => bad.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Bad_input_fails_with_a_clear_error_and_changes_nothing(string name)
    {
        var bad = BadInput.All.Single(b => b.Name == name);
        if (bad.Data is not null)
        {
            Up.Put("warehouse", bad.Dataset, bad.Data);
        }

        Up.Trigger("warehouse", bad.Dataset, bad.Trigger);
        var failed = await Up.FailedAsync("warehouse", bad.Dataset);

        var row = Assert.Single(await Up.QueueAsync($"SELECT status, error FROM etl_loader.load_status WHERE load_id = '{failed.LoadId}'"));
        Assert.Equal("failed", row[0]);
        Assert.All(bad.Says, part => Assert.Contains(part, row[1], StringComparison.OrdinalIgnoreCase));
        var shown = (await Up.RunVerbAsync("show", failed.LoadId, "--json")).Json().GetProperty("load");
        Assert.False(string.IsNullOrWhiteSpace(shown.GetProperty("hint").GetString()), $"no hint what to do: {row[1]}");
        if (bad.Table is not null)
        {
            Assert.Equal([["1", "before"]], await Up.WarehouseAsync($"SELECT id, name FROM {bad.Table}"));
        }

        Up.Deliver("warehouse", "next.csv", "id\n1\n");
        await Up.LoadedAsync("warehouse", "next.csv");
    }

    [Fact]
    public async Task Duplicate_headers_are_numbered_and_reported_in_the_receipt()
    {
        Up.Deliver("warehouse", "twice.csv", "id,name,name\n1,a,b\n2,c,d\n");
        var outcome = await Up.LoadedAsync("warehouse", "twice.csv");
        var columns = await Up.WarehouseAsync("SELECT column_name FROM information_schema.columns WHERE table_name = 'twice' ORDER BY ordinal_position");
        Assert.Equal(3, columns.Select(c => c[0]).Distinct().Count());
        Assert.All(columns, column => Assert.Contains($"\"{column[0]}\"", outcome.Text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("a[1].csv")]
    [InlineData("b*.csv")]
    [InlineData("c?.csv")]
    [InlineData("d'; DROP TABLE owned; --.csv")]
    [InlineData("e=f.csv")]
    [InlineData("g\nh.csv")]
    public async Task A_strange_file_name_is_taken_as_it_is_or_refused_and_never_as_a_pattern(string file)
    {
        foreach (var inbox in (string[])["warehouse", "lake"])
        {
            Up.Deliver(inbox, file, "id,name\n1,this one\n");
            var outcome = await Up.WaitForOutcomeAsync(inbox, file);
            if (!outcome.Loaded)
            {
                Assert.Contains("what_to_do", outcome.Text, StringComparison.Ordinal);
            }
            else
            {
                var table = await Up.QueueAsync($"SELECT table_name FROM etl_loader.load_status WHERE load_id = '{outcome.LoadId}'");
                Assert.Equal([["this one"]], await Up.TargetAsync(inbox, $"SELECT name FROM \"{table[0][0]}\""));
            }
        }

        Assert.Equal([["1", "before"]], await Up.WarehouseAsync("SELECT id, name FROM owned"));
    }

    [Fact]
    public async Task A_link_out_of_the_inbox_is_refused()
    {
        var outside = Path.Combine(Up.Outside, "secret.csv");
        await File.WriteAllTextAsync(outside, "id\n1\n", TestContext.Current.CancellationToken);
        File.CreateSymbolicLink(Up.InboxPath("warehouse", "link.csv"), outside);
        Up.Trigger("warehouse", "link.csv");
        Assert.Contains("symbolic link", (await Up.FailedAsync("warehouse", "link.csv")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_changed_after_its_acceptance_is_not_published()
    {
        (await Up.RunVerbAsync("pause", "lake")).Ended(0);
        Up.Deliver("lake", "changing.csv", "id\n1\n");
        await Deadline.UntilAsync(() => File.Exists(Up.InboxPath("lake", "changing.csv.queued")), () => "not accepted", token: TestContext.Current.CancellationToken);
        Up.Put("lake", "changing.csv", "id\n1\n2\n");
        (await Up.RunVerbAsync("resume", "lake")).Ended(0);
        Assert.Contains("changing.csv", (await Up.FailedAsync("lake", "changing.csv")).Text, StringComparison.Ordinal);
        Assert.Equal([["0"]], await Up.LakeAsync("SELECT CAST(count(*) AS VARCHAR) FROM information_schema.tables WHERE table_name = 'changing'"));
    }

    /// <summary>Tables that must survive what the tests deliver, and one that no load made.</summary>
    public sealed class Prepared : IAsyncLifetime
    {
        internal RunningUp Up { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            // A file that changed has no new trigger here, so nothing is worth waiting for.
            Up = await RunningUp.StartAsync("--set", "Loader:Loads:RedeliveryPatience=00:00:00");
            foreach (var table in KeptTables)
            {
                Up.Deliver("warehouse", table + ".csv", "id,name\n1,before\n");
                await Up.LoadedAsync("warehouse", table + ".csv");
            }

            await Up.WarehouseAsync("CREATE TABLE public.stranger AS SELECT 1 AS id, 'before' AS name");
        }

        public async ValueTask DisposeAsync()
        {
            if (Up is not null)
            {
                await Up.DisposeAsync();
            }
        }
    }
}
