namespace Etl.Loader.IntegrationTests.EndToEnd;

public sealed class VerbTests(SharedUp shared) : IClassFixture<SharedUp>
{
    private RunningUp Up => shared.Up;

    public static TheoryData<string> Verbs =>
    [
        "up", "watch", "serve", "load", "deliver", "status", "loads", "show", "wait", "requeue", "reload", "cancel", "pause", "resume", "migrate", "doctor",
    ];

    [Theory]
    [MemberData(nameof(Verbs))]
    public async Task Every_verb_has_help(string verb)
    {
        var result = (await Up.RunVerbAsync(verb, "--help")).Ended(0);
        Assert.Contains(verb, result.Out, StringComparison.Ordinal);
        Assert.Contains("--help", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_working_directory_that_is_gone_is_said_so()
    {
        const string script = "mkdir gone && cd gone && rmdir ../gone && exec \"$0\" status";
        var result = (await Up.RunAsync("/bin/sh", "-c", script, RunningUp.Executable)).Ended(2);
        Assert.Equal("error: The working directory no longer exists.\n  Change to an existing directory and run the command again.\n", result.Error);
    }

    [Fact]
    public async Task Load_waits_for_a_dataset_that_is_in_an_inbox()
    {
        Up.Put("warehouse", "verb-load.csv", "id,name\n1,one\n2,two\n");
        var result = (await Up.RunVerbAsync("load", Up.InboxPath("warehouse", "verb-load.csv"), "--wait", "--timeout", "60s")).Ended(0);
        Assert.Contains("loaded, 2 rows", result.Out, StringComparison.Ordinal);
        Assert.Equal([["1", "one"], ["2", "two"]], await Up.WarehouseAsync("SELECT id, name FROM verb_load ORDER BY id"));
    }

    [Fact]
    public async Task Deliver_brings_a_file_from_outside_with_its_hash()
    {
        var file = Path.Combine(Up.Outside, "verb deliver.csv");
        await File.WriteAllTextAsync(file, "id,name\n7,seven\n", TestContext.Current.CancellationToken);
        (await Up.RunVerbAsync("deliver", file, "--inbox", "lake", "--table", "delivered", "--wait", "--timeout", "60s")).Ended(0);
        Assert.Equal([["7", "seven"]], await Up.LakeAsync("SELECT id, name FROM delivered"));
    }

    [Fact]
    public async Task Show_loads_and_status_print_json_of_the_same_load()
    {
        Up.Deliver("warehouse", "verb-show.csv", "id\n1\n2\n3\n");
        var id = (await Up.LoadedAsync("warehouse", "verb-show.csv")).LoadId;

        var shown = (await Up.RunVerbAsync("show", id, "--json")).Json().GetProperty("load");
        Assert.Equal("loaded", shown.GetProperty("status").GetString());
        Assert.Equal(3, shown.GetProperty("rows_loaded").GetInt64());

        var listed = (await Up.RunVerbAsync("loads", "file:verb-show.csv", "--json")).Json();
        Assert.Equal(id, Assert.Single(listed.EnumerateArray()).GetProperty("load_id").GetString());

        var status = (await Up.RunVerbAsync("status", "--json")).Json();
        Assert.True(status.GetProperty("counts").GetProperty("loaded").GetInt64() >= 1);
        var lanes = status.GetProperty("lanes").EnumerateArray().Select(lane => lane.GetProperty("target").GetString()).ToArray();
        Assert.Contains("lake", lanes);
        Assert.Contains("warehouse", lanes);
    }

    [Fact]
    public async Task Wait_ends_with_the_outcome_of_the_loads()
    {
        Up.Deliver("warehouse", "verb-wait.csv", "id\n1\n");
        (await Up.RunVerbAsync("wait", "file:verb-wait.csv", "--timeout", "60s")).Ended(0);

        Up.Deliver("warehouse", "verb-wait-bad.csv", "");
        var failed = (await Up.RunVerbAsync("wait", "file:verb-wait-bad.csv", "--timeout", "60s")).Ended(1);
        Assert.Contains("verb-wait-bad.csv", failed.Error, StringComparison.Ordinal);

        (await Up.RunVerbAsync("wait", "file:never-delivered.csv", "--timeout", "1s")).Ended(4);
    }

    [Fact]
    public async Task A_failed_load_is_requeued_with_its_repaired_file()
    {
        Up.Deliver("warehouse", "verb-requeue.csv", "id,name\n1,one\n2,two,too many\n3,three\n");
        var failed = await Up.FailedAsync("warehouse", "verb-requeue.csv");

        Up.Put("warehouse", "verb-requeue.csv", "id,name\n1,one\n2,two\n3,three\n");
        (await Up.RunVerbAsync("requeue", failed.LoadId, "--reason", "repaired")).Ended(0);
        (await Up.RunVerbAsync("wait", failed.LoadId, "--timeout", "60s")).Ended(0);

        Assert.Equal([["3"]], await Up.WarehouseAsync("SELECT count(*) FROM verb_requeue"));
        Assert.Equal(failed.LoadId, (await Up.LoadedAsync("warehouse", "verb-requeue.csv")).LoadId);
    }

    [Fact]
    public async Task Reload_makes_a_new_load_of_the_same_dataset()
    {
        Up.Deliver("warehouse", "verb-reload.csv", "id\n1\n");
        var first = await Up.LoadedAsync("warehouse", "verb-reload.csv");
        Up.Put("warehouse", "verb-reload.csv", "id\n1\n2\n");

        (await Up.RunVerbAsync("reload", first.LoadId)).Ended(0);
        (await Up.RunVerbAsync("wait", "file:verb-reload.csv", "--timeout", "60s")).Ended(0);

        Assert.Equal([["2"]], await Up.WarehouseAsync("SELECT count(*) FROM verb_reload"));
        Assert.Equal([["2"]], await Up.WarehouseAsync("SELECT count(*) FROM etl_loader.receipts WHERE dataset = 'verb-reload.csv'"));
    }

    [Fact]
    public async Task Doctor_finds_nothing_wrong_with_a_healthy_home()
    {
        var found = (await Up.RunVerbAsync("doctor")).Ended(0);
        Assert.Contains("warehouse", found.Out, StringComparison.Ordinal);
        Assert.Contains("lake", found.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("show", "ffffffff-ffff-7fff-bfff-ffffffffffff")]
    [InlineData("loads", "status:lodaed")]
    [InlineData("requeue")]
    [InlineData("pause", "nowhere")]
    [InlineData("load", "no-such-file.csv")]
    [InlineData("frobnicate")]
    public async Task Wrong_usage_ends_with_2_and_says_what_to_do(params string[] arguments)
    {
        var result = (await Up.RunVerbAsync(arguments)).Ended(2);
        Assert.StartsWith("error: ", result.Error, StringComparison.Ordinal);
        Assert.True(result.Error.Trim().Contains('\n', StringComparison.Ordinal), $"no next step: {result.Error}");
    }

    [Fact]
    public async Task A_queue_that_does_not_answer_ends_with_3()
    {
        var result = (await Up.RunVerbAsync("status", "--set", "ConnectionStrings:Queue=Host=127.0.0.1;Port=1;Username=nobody;Database=none")).Ended(3);
        Assert.StartsWith("error: ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_up_in_the_same_home_is_refused()
    {
        var result = (await Up.RunVerbAsync("up", "--home", Up.Home, "--port", "0", "--no-samples")).Ended(2);
        Assert.Contains(Up.Home, result.Error, StringComparison.Ordinal);
    }
}
