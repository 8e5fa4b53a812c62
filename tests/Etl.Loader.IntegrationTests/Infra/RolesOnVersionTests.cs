using Etl.Loader.IntegrationTests.EndToEnd;
using Npgsql;

namespace Etl.Loader.IntegrationTests.Infra;

public sealed class RolesOnOldestStand() : RolesStand(14);

public sealed class RolesOnNewestStand() : RolesStand(18);

/// <summary>On the oldest version that is supported, where everyone may create in schema public unless configured otherwise.</summary>
public sealed class RolesOnOldestTests(RolesOnOldestStand stand) : RolesOnVersionTests(stand), IClassFixture<RolesOnOldestStand>;

public sealed class RolesOnNewestTests(RolesOnNewestStand stand) : RolesOnVersionTests(stand), IClassFixture<RolesOnNewestStand>;

/// <summary>The documented roles on a version of PostgreSQL: they load, and nothing beyond what is written down succeeds.</summary>
public abstract class RolesOnVersionTests(RolesStand stand)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_role_can_do_what_is_written_down_and_no_statement_more() => await RightsFile.VerifyAsync(stand, Token);

    [Fact]
    public async Task A_watcher_and_a_loader_load_as_their_roles_and_what_the_watchers_role_writes_besides_is_not_run()
    {
        await using var watcher = RunningVerb.Start(RunningUp.Executable, "watch", stand.Settings("etl_watcher", "nobody"), stand.Place);
        await using var loader = RunningVerb.Start(RunningUp.Executable, "serve", stand.Settings("etl_lanes", "etl_lanes"), stand.Place);
        var proof = Path.Combine(stand.Place, "proof");
        await RolesStand.ExecuteAsync(stand.ConnectionString("queue", "etl_watcher"), ForeignJob("""
            {"Type": "System.Diagnostics.Process, System.Diagnostics.Process", "Method": "Start", "ParameterTypes": "[\"System.String, mscorlib\",\"System.String, mscorlib\"]", "Queue": "loads-warehouse-2"}
            """, $"""["\"touch\"", "\"{proof}\""]"""));
        await RolesStand.ExecuteAsync(stand.ConnectionString("queue", "etl_watcher"), ForeignJob("5", "[]"));
        foreach (var rows in new[] { "1\n2\n", "1\n2\n3\n" })
        {
            var marker = Path.Combine(stand.Inbox, "orders.csv.loaded");
            File.Delete(marker);
            await File.WriteAllTextAsync(Path.Combine(stand.Inbox, "orders.csv"), "id\n" + rows, Token);
            await File.WriteAllTextAsync(Path.Combine(stand.Inbox, "orders.csv.trigger"), "", Token);
            await Deadline.UntilAsync(() => File.Exists(marker), () => $"watcher:\n{watcher.Said}\nloader:\n{loader.Said}", token: Token);
        }

        await Deadline.WaitAsync(
            async () => await stand.ScalarAsync("queue", "etl_operator", "SELECT count(*) FROM etl_loader.refused_jobs WHERE settled_at IS NOT NULL") is 2L ? "" : null,
            () => loader.Said,
            token: Token);
        Assert.False(File.Exists(proof), "the program of a job row ran");
        Assert.Equal(3L, await stand.ScalarAsync("warehouse", "etl_viewer", "SELECT count(*) FROM public.orders"));
        Assert.Equal("etl_watcher", await stand.ScalarAsync("queue", "etl_operator", "SELECT min(database_role) FROM etl_loader.refused_jobs"));
        var (_, doctor) = await RunningVerb.RunAsync(RunningUp.Executable, "doctor", stand.Settings("etl_lanes", "etl_lanes"), stand.Place);
        Assert.Contains("2 rows in Hangfire's tables that are not the job of a load", doctor, StringComparison.Ordinal);
        Assert.Contains("etl_watcher", doctor, StringComparison.Ordinal);
        Assert.DoesNotContain("may create objects", doctor, StringComparison.Ordinal);
        Assert.Equal(0, await watcher.StopAsync());
        Assert.Equal(0, await loader.StopAsync());
        Assert.Contains("was not run", loader.Said, StringComparison.Ordinal);
        Assert.DoesNotContain("permission denied", watcher.Said + loader.Said, StringComparison.OrdinalIgnoreCase);
    }

    private static string ForeignJob(string invocation, string arguments) =>
        $"""
        WITH job AS (
            INSERT INTO hangfire.job (statename, invocationdata, arguments, createdat) VALUES ('Enqueued', '{invocation}', '{arguments}', now()) RETURNING id
        )
        INSERT INTO hangfire.jobqueue (jobid, queue) SELECT id, 'loads-warehouse-2' FROM job
        """;
}
