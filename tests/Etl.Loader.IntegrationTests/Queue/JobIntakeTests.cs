using Etl.Loader.IntegrationTests.Support;
using Etl.Loader.Ledger;
using Etl.Loader.Queue.Jobs;
using Etl.Loader.Queue.Lanes;
using Etl.Loader.Queue.Storage;
using Hangfire.PostgreSql;
using Npgsql;

namespace Etl.Loader.IntegrationTests.Queue;

/// <summary>The rows that we write for many jobs at once are those that Hangfire's client writes for each.</summary>
public class JobIntakeTests(PostgresServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_job_of_a_batch_has_the_rows_of_a_job_of_Hangfires_client()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var load = stage.New(priority: LoadPriority.High);
        var queue = LaneQueues.For(QueueStage.Target, LoadPriority.High);
        stage.Get<HangfireStorage>().Client.EnqueueLoad(load.Id, queue);
        var expected = await RowsAsync(stage, load.Id);
        await stage.ExecuteAsync("TRUNCATE hangfire.job, hangfire.state, hangfire.jobqueue CASCADE");

        await stage.Get<IAcceptLoads>().AcceptAsync([load], Token);
        Assert.Contains(queue, expected, StringComparison.Ordinal);
        Assert.Equal(expected, await RowsAsync(stage, load.Id));
    }

    [Fact]
    public async Task Jobs_are_in_the_order_of_acceptance()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var loads = Enumerable.Range(0, 1200).Select(_ => stage.New()).ToArray();
        await stage.Get<IAcceptLoads>().AcceptAsync(loads, Token);
        Assert.Equal(
            string.Join(',', loads.Select(l => l.Id)),
            await stage.ScalarAsync<string>(
                "SELECT string_agg(l.load_id::text, ',' ORDER BY q.jobid) FROM hangfire.jobqueue q JOIN etl_loader.load l ON l.job_id = q.jobid::text"));
        Assert.Equal(
            string.Join(',', loads.Select(l => l.Id)),
            await stage.ScalarAsync<string>("SELECT string_agg(load_id::text, ',' ORDER BY sequence) FROM etl_loader.load"));
    }

    [Fact]
    public async Task A_worker_that_waits_in_the_same_process_is_woken_without_a_notification()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        await using var source = NpgsqlDataSource.Create(stage.ConnectionString + ";Application Name=deaf");
        var deaf = new PostgreSqlStorage(
            new Connections(source),
            new PostgreSqlStorageOptions { PrepareSchemaIfNecessary = false, EnableLongPolling = false, QueuePollInterval = TimeSpan.FromHours(1) });
        using var connection = deaf.GetConnection();
        var fetching = Task.Run(() => connection.FetchNextJob(LaneQueues.All(QueueStage.Target), Token), Token);
        await QueueStage.UntilAsync(
            async () => await stage.ScalarAsync<long>("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'deaf' AND query = 'COMMIT'") > 0,
            () => "the worker did not begin to wait");

        await stage.AcceptAsync();
        using var job = await fetching.WaitAsync(TimeSpan.FromMinutes(1), Token);
        Assert.NotNull(job);
    }

    [Fact]
    public async Task An_acceptance_notifies_the_workers_of_other_processes()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        await using var listener = new NpgsqlConnection(stage.ConnectionString + ";Pooling=false");
        await listener.OpenAsync(Token);
        await using (var listen = new NpgsqlCommand("LISTEN new_job", listener))
        {
            await listen.ExecuteNonQueryAsync(Token);
        }

        await stage.AcceptAsync();
        Assert.True(await listener.WaitAsync(TimeSpan.FromMinutes(1), Token), "no notification came");
    }

    private sealed class Connections(NpgsqlDataSource source) : IConnectionFactory
    {
        public NpgsqlConnection GetOrCreateConnection() => source.CreateConnection();
    }

    /// <summary>All that Hangfire has of the load's job, without ids and times.</summary>
    private static Task<string> RowsAsync(QueueStage stage, LoadId load) => stage.ScalarAsync<string>(
        """
        SELECT string_agg(row(j.statename, j.invocationdata, j.arguments, j.expireat, abs(extract(epoch FROM now() - j.createdat)) < 60, j.updatecount,
                              s.name, s.reason, s.data - 'EnqueuedAt', s.data ? 'EnqueuedAt', abs(extract(epoch FROM now() - s.createdat)) < 60, s.updatecount,
                              q.queue, q.fetchedat, q.updatecount,
                              (SELECT count(*) FROM hangfire.jobparameter), (SELECT count(*) FROM hangfire.counter), (SELECT count(*) FROM hangfire.state))::text, ';')
          FROM hangfire.job AS j
          JOIN hangfire.state AS s ON s.id = j.stateid AND s.jobid = j.id
          JOIN hangfire.jobqueue AS q ON q.jobid = j.id
         WHERE j.arguments::text LIKE '%' || $1 || '%'
        """,
        load.ToString());
}
