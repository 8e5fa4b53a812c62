using Etl.Loader.IntegrationTests.Support;
using Etl.Loader.Ledger;
using Etl.Loader.Queue;
using Etl.Loader.Queue.Jobs;
using Etl.Loader.Queue.Lanes;
using Etl.Loader.Queue.Storage;
using Hangfire;
using Hangfire.Storage;

namespace Etl.Loader.IntegrationTests.Queue;

/// <summary>
/// Rows in Hangfire's tables that are not the job of a load, as a role may write them that only enqueues: none is run, none stops the lane, none makes this
/// process look for a type. Each is tried with the guard of the tables and without, as in a database that was filled past it.
/// </summary>
public class ForeignJobTests(PostgresServer server)
{
    private const string Ours =
        """{"Type": "Etl.Loader.Queue.ILoadJob, Etl.Loader", "Method": "RunAsync", "Queue": "loads-warehouse-2", "ParameterTypes": "[\"System.Guid, mscorlib\",\"Hangfire.Server.PerformContext, Hangfire.Core\",\"System.Threading.CancellationToken, mscorlib\"]"}""";

    private const string Load = """["\"01a22507-fc37-7349-b871-49f831dfca05\"", null, null]""";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_job_that_starts_a_program_is_set_aside_logged_and_kept_as_it_was_written(bool guarded)
    {
        await using var stage = await OpenAsync(guarded);
        var proof = Path.Combine(Path.GetTempPath(), $"foreign-job-{Path.GetRandomFileName()}");
        await InsertAsync(
            stage,
            """{"Type": "System.Diagnostics.Process, System.Diagnostics.Process", "Method": "Start", "ParameterTypes": "[\"System.String, mscorlib\",\"System.String, mscorlib\"]", "Queue": "loads-warehouse-2"}""",
            $"""["\"touch\"", "\"{proof}\""]""");
        stage.StartLane();
        await stage.UntilAsync(await stage.AcceptAsync(), LoadStatus.Loaded);
        Assert.False(File.Exists(proof), "the program ran");
        await SettledAsync(stage, 1);
        Assert.Contains(stage.Logs, l => l.Contains("is not the job of a load and was not run", StringComparison.Ordinal) && l.Contains("Error", StringComparison.Ordinal));
        Assert.Equal("Start", await stage.ScalarAsync<string>("SELECT invocation ->> 'Method' FROM etl_loader.refused_jobs"));
        Assert.Equal("loads-warehouse-2", await stage.ScalarAsync<string>("SELECT queue FROM etl_loader.refused_jobs"));
        Assert.Contains(proof, await stage.ScalarAsync<string>("SELECT arguments::text FROM etl_loader.refused_jobs"), StringComparison.Ordinal);
    }

    public static TheoryData<string, string> Rows()
    {
        var rows = new TheoryData<string, string>
        {
            { "5", "[]" },
            { "null", "null" },
            { "[1]", "[]" },
            { "{}", "{}" },
            { "\"text\"", "5" },
            { """{"$type": "System.Net.Mail.SmtpClient, System.Net.Mail"}""", "[]" },
            { """{"Type": "Etl.Loader.Queue.ILoadJob, Etl.Loader", "Method": "ToString", "ParameterTypes": "[]", "Queue": "loads-warehouse-2"}""", "[]" },
            { """{"Type": "System.Guid, mscorlib", "Method": "NewGuid", "ParameterTypes": "[]", "Queue": "loads-warehouse-2"}""", "[]" },
            { """{"Type": null, "Method": null, "ParameterTypes": null}""", "[null]" },
            { Ours, "[]" },
            { Ours, "[null, null, null]" },
            { Ours, """["5", null, null]""" },
            { Ours, """{"0": 1}""" },
            { Ours, """["\"01a22507-fc37-7349-b871-49f831dfca05\"", {"$type": "System.Net.Mail.SmtpClient, System.Net.Mail"}, null]""" },
            { Ours.Replace("loads-warehouse-2", "default", StringComparison.Ordinal), Load },
            { Ours.Replace("\"Type\"", "\"$type\": \"System.Net.Mail.SmtpClient, System.Net.Mail\", \"Type\"", StringComparison.Ordinal), Load },
            { Ours.Replace("\"Type\"", "\"Arguments\": \"[1]\", \"Type\"", StringComparison.Ordinal), Load },
            { Ours.Replace("[\\\"System.Guid, mscorlib\\\"", "[\\\"System.Net.Mail.SmtpClient, System.Net.Mail\\\", {}", StringComparison.Ordinal), Load },
            { $$"""{"Type": "{{new string('x', 2_000_000)}}"}""", "[]" },
        };
        return rows;
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task No_malformed_row_stops_the_lane_or_is_fetched_twice(bool guarded)
    {
        await using var stage = await OpenAsync(guarded);
        var rows = Rows();
        foreach (var row in rows)
        {
            await InsertAsync(stage, row.Data.Item1, row.Data.Item2);
        }

        // Negative ids, no state, a place in the queue without a job.
        await stage.ExecuteAsync("INSERT INTO hangfire.job (id, statename, invocationdata, arguments, createdat) VALUES (-5, 'Enqueued', '5', '[]', now())");
        await stage.ExecuteAsync("INSERT INTO hangfire.jobqueue (jobid, queue) VALUES (-5, 'loads-warehouse-2')");
        await stage.ExecuteAsync($"INSERT INTO hangfire.job (id, invocationdata, arguments, createdat) VALUES (-6, '{Ours}', '{Load}', now())");
        await stage.ExecuteAsync("INSERT INTO hangfire.jobqueue (jobid, queue) VALUES (-6, 'loads-warehouse-2'), (-7, 'loads-warehouse-2')");
        var load = await stage.AcceptAsync();
        stage.StartLane();
        await stage.UntilAsync(load, LoadStatus.Loaded);
        await SettledAsync(stage, rows.Count + 3);
        await stage.UntilJobAsync(load, "Succeeded");
        Assert.Equal(1L, await stage.ScalarAsync<long>("SELECT count(*) FROM hangfire.job"));
        await QueueStage.UntilAsync(
            async () => await stage.ScalarAsync<long>("SELECT (SELECT count(*) FROM hangfire.jobqueue) + (SELECT count(*) FROM hangfire.lock)") == 0,
            () => "a place in a queue or a lock is left");
        Assert.Equal((long)rows.Count + 3, await stage.ScalarAsync<long>("SELECT count(DISTINCT job_id) FROM etl_loader.refused_jobs"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Rows_in_queues_that_no_one_serves_and_in_no_queue_are_set_aside_too(bool guarded)
    {
        await using var stage = await OpenAsync(guarded);
        await InsertAsync(stage, """{"Type": "Some.Thing, Somewhere", "Method": "Run", "ParameterTypes": "[]"}""", "[]", "default");
        await stage.ExecuteAsync("INSERT INTO hangfire.job (statename, invocationdata, arguments, createdat) VALUES ('Succeeded', '5', '[]', now()), ('Scheduled', '5', '[]', now())");
        await stage.ExecuteAsync("INSERT INTO hangfire.set (key, score, value) SELECT 'schedule', 0, id::text FROM hangfire.job WHERE statename = 'Scheduled'");
        stage.StartLane();
        await SettledAsync(stage, 3);
        Assert.Equal(0L, await stage.ScalarAsync<long>("SELECT count(*) FROM hangfire.job"));
        Assert.Equal(0L, await stage.ScalarAsync<long>("SELECT count(*) FROM hangfire.jobqueue"));
    }

    /// <summary>Neither a worker nor the dashboard nor the schedulers: an assembly that a row names is not there afterwards.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task No_type_is_looked_up_by_a_name_from_a_row(bool guarded)
    {
        // One for each test: what is loaded stays.
        var assembly = guarded ? "System.Net.Mail" : "System.Net.Ping";
        var type = guarded ? "System.Net.Mail.SmtpClient, System.Net.Mail" : "System.Net.NetworkInformation.Ping, System.Net.Ping";
        Assert.DoesNotContain(AppDomain.CurrentDomain.GetAssemblies(), a => a.GetName().Name == assembly);
        await using var stage = await OpenAsync(guarded);
        string[] invocations =
        [
            $$"""{"Type": "{{type}}", "Method": "Dispose", "ParameterTypes": "[]", "Queue": "default"}""",
            $$"""{"$type": "{{type}}"}""",
            Ours.Replace("[\\\"System.Guid, mscorlib\\\"", $"[\\\"{type}\\\", {{}}", StringComparison.Ordinal),
        ];
        // Past the guard Hangfire itself would look up the types of parameters, hence the guard: such a row meets the workers only.
        foreach (var invocation in guarded ? invocations : invocations[..2])
        {
            await InsertAsync(stage, invocation, $$"""[{"$type": "{{type}}"}, null, null]""", "default");
        }

        await stage.ExecuteAsync("INSERT INTO hangfire.state (jobid, name, createdat, data) SELECT id, 'Enqueued', now(), jsonb_build_object('$type', $1::text, 'NextState', $1::text) FROM hangfire.job", type);
        await stage.ExecuteAsync("INSERT INTO hangfire.hash (key, field, value) VALUES ('recurring-job:evil', 'Job', $1), ('recurring-job:evil', 'Cron', '* * * * *'), ('recurring-job:evil', 'NextExecution', '1')",
            invocations[2]);
        await stage.ExecuteAsync("INSERT INTO hangfire.set (key, score, value) VALUES ('recurring-jobs', 0, 'evil')");

        var storage = stage.Get<JobStorage>();
        var monitoring = storage.GetMonitoringApi();
        foreach (var read in new Action[]
        {
            () => monitoring.Queues(),
            () => monitoring.EnqueuedJobs("default", 0, 10),
            () => monitoring.JobDetails("1"),
            () => monitoring.JobDetails("2"),
            () => monitoring.JobDetails("3"),
            () => storage.GetConnection().GetJobData("1"),
            () => storage.GetConnection().GetJobData("3"),
            () => storage.GetConnection().GetRecurringJobs(),
        })
        {
            // Without the guard a row may be too broken to be shown. With it every one is shown, as a job of a method that no one knows.
            Assert.True(Record.Exception(read) is null || !guarded);
        }

        if (!guarded)
        {
            await InsertAsync(stage, invocations[2], Load);
        }

        stage.StartLane();
        await stage.UntilAsync(await stage.AcceptAsync(), LoadStatus.Loaded);
        await SettledAsync(stage, guarded ? 6 : 3);
        Assert.DoesNotContain(AppDomain.CurrentDomain.GetAssemblies(), a => a.GetName().Name == assembly);
    }

    [Fact]
    public async Task Nonsense_in_the_schedule_does_not_keep_a_retry_from_its_time()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        await stage.ExecuteAsync("INSERT INTO hangfire.set (key, score, value) VALUES ('schedule', 0, 'abc'), ('schedule', 0, ''), ('schedule', 0, '99999999999999999999'), ('schedule', 0, '12345')");
        var load = stage.New();
        stage.Runner.Script(load.Id, new AttemptResult { Outcome = AttemptOutcome.Retry, NextAttemptAt = TimeProvider.System.GetUtcNow().AddSeconds(1) });
        await stage.Get<IAcceptLoads>().AcceptAsync([load], Token);
        stage.StartLane();
        await stage.UntilAsync(load.Id, LoadStatus.Loaded);
    }

    [Fact]
    public async Task A_job_in_the_lane_of_another_target_runs_nothing()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var elsewhere = new NewLoad(LoadId.New(TimeProvider.System), stage.Spec() with { Target = "elsewhere" });
        await stage.Get<IAcceptLoads>().AcceptAsync([elsewhere], Token);
        await stage.ExecuteAsync("UPDATE hangfire.jobqueue SET queue = 'loads-warehouse-2'");
        stage.StartLane();
        await stage.UntilJobAsync(elsewhere.Id, "Failed");
        Assert.False(stage.Runner.HasBegun(elsewhere.Id));
        Assert.Equal(LoadStatus.Queued, (await stage.RecordAsync(elsewhere.Id)).Status);
    }

    /// <summary>A role that accepts may write the job of its loads, which is text.</summary>
    [Fact]
    public async Task A_load_whose_job_is_nonsense_gets_a_job_and_others_do_too()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        LoadId[] loads = [await stage.AcceptAsync(), await stage.AcceptAsync()];
        await stage.ExecuteAsync("DELETE FROM hangfire.job; DELETE FROM hangfire.jobqueue");
        await stage.ExecuteAsync("UPDATE etl_loader.load SET job_id = CASE WHEN load_id = $1 THEN 'x; DROP' ELSE job_id END", loads[0].Value);
        stage.StartLane();
        foreach (var load in loads)
        {
            await stage.UntilAsync(load, LoadStatus.Loaded);
        }
    }

    [Fact]
    public async Task A_load_whose_job_was_changed_into_something_else_gets_a_job_of_its_own_again()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var load = await stage.AcceptAsync();
        await stage.ExecuteAsync("UPDATE hangfire.job SET invocationdata = replace(invocationdata::text, 'ILoadJob', 'ILoadJobOfTomorrow')::jsonb");
        stage.StartLane();
        await stage.UntilAsync(load, LoadStatus.Loaded);
        Assert.Equal(1, (await stage.RecordAsync(load)).Attempt);
        Assert.Contains("ILoadJobOfTomorrow", await stage.ScalarAsync<string>("SELECT invocation::text FROM etl_loader.refused_jobs"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_hangfires_client_writes_passes_the_guard_and_the_guard_is_missed_when_it_is_gone()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        stage.Get<HangfireStorage>().Client.EnqueueLoad(LoadId.New(TimeProvider.System), LaneQueues.Interrupted(new string('a', 31)));
        await stage.ExecuteAsync("UPDATE hangfire.job SET invocationdata = replace(invocationdata::text, 'mscorlib', 'System.Private.CoreLib')::jsonb");
        Assert.Equal(0L, await stage.ScalarAsync<long>("SELECT count(*) FROM etl_loader.refused_jobs"));

        Assert.True(await stage.Get<HangfireSchema>().IsCurrentAsync(Token));
        await stage.ExecuteAsync("DROP TRIGGER refuse_foreign_job ON hangfire.job; ALTER TABLE hangfire.state DISABLE TRIGGER USER");
        Assert.False(await stage.Get<HangfireSchema>().IsCurrentAsync(Token));

        // What came in meanwhile does not stay as it is when the guard is made again.
        await InsertAsync(stage, "5", "[]");
        await stage.ExecuteAsync("INSERT INTO hangfire.state (jobid, name, createdat, data) SELECT id, 'Enqueued', now(), '[]' FROM hangfire.job");
        Assert.True(await stage.Get<HangfireSchema>().MigrateAsync(Token));
        Assert.True(await stage.Get<HangfireSchema>().IsCurrentAsync(Token));
        Assert.Equal(3L, await stage.ScalarAsync<long>("SELECT count(*) FROM etl_loader.refused_jobs"));
        Assert.Equal(0L, await stage.ScalarAsync<long>("SELECT count(*) FROM hangfire.job WHERE jsonb_typeof(invocationdata) <> 'object'"));
    }

    private async Task<QueueStage> OpenAsync(bool guarded)
    {
        var stage = await QueueStage.OpenAsync(server);
        if (!guarded)
        {
            await stage.ExecuteAsync("ALTER TABLE hangfire.job DISABLE TRIGGER USER; ALTER TABLE hangfire.state DISABLE TRIGGER USER");
        }

        return stage;
    }

    private static Task InsertAsync(QueueStage stage, string invocation, string arguments, string queue = "loads-warehouse-2") => stage.ExecuteAsync(
        """
        WITH job AS (
            INSERT INTO hangfire.job (statename, invocationdata, arguments, createdat) VALUES ('Enqueued', $1::jsonb, $2::jsonb, now()) RETURNING id
        )
        INSERT INTO hangfire.jobqueue (jobid, queue) SELECT id, $3 FROM job
        """,
        invocation, arguments, queue);

    private static Task SettledAsync(QueueStage stage, int jobs)
    {
        var seen = 0L;
        return QueueStage.UntilAsync(
            async () => (seen = await stage.ScalarAsync<long>("SELECT count(*) FROM etl_loader.refused_jobs WHERE settled_at IS NOT NULL")) == jobs,
            () => $"{seen} jobs are set aside, not {jobs}");
    }
}
