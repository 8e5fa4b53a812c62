using Etl.Loader.IntegrationTests.Support;
using Etl.Loader.Ledger;
using Etl.Loader.Queue.Jobs;
using Etl.Loader.Queue.Lanes;
using Etl.Loader.Queue.Storage;
using Hangfire.States;
using Hangfire.Storage;
using Npgsql;

namespace Etl.Loader.IntegrationTests.Queue;

/// <summary>What a lane's worker does on Hangfire's tables in its own way is what Hangfire does.</summary>
public class WorkerStorageTests(PostgresServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Jobs_are_fetched_by_the_rank_of_their_queue_and_then_by_age()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var first = await stage.AcceptAsync();
        var second = await stage.AcceptAsync();
        var high = await stage.AcceptAsync(priority: LoadPriority.High);
        using var connection = stage.Get<HangfireStorage>().Workers.GetConnection();
        var fetched = new List<LoadId>();
        for (var i = 0; i < 3; i++)
        {
            using var job = connection.FetchNextJob(LaneQueues.All(QueueStage.Target), Token);
            Assert.True(LoadJobs.TryGetLoad(connection.GetJobData(job.JobId).Job, out var load));
            fetched.Add(load);
            job.RemoveFromQueue();
        }

        Assert.Equal([high, first, second], fetched);
        Assert.Equal(0L, await stage.ScalarAsync<long>("SELECT count(*) FROM hangfire.jobqueue"));
    }

    [Fact]
    public async Task A_fetched_job_that_is_let_go_comes_again()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        await stage.AcceptAsync();
        using var connection = stage.Get<HangfireStorage>().Workers.GetConnection();
        using (var job = connection.FetchNextJob(LaneQueues.All(QueueStage.Target), Token))
        {
            Assert.Equal(1L, await stage.ScalarAsync<long>("SELECT count(*) FROM hangfire.jobqueue WHERE fetchedat IS NOT NULL"));
            job.Requeue();
        }

        using var again = connection.FetchNextJob(LaneQueues.All(QueueStage.Target), Token);
        Assert.NotNull(again);
    }

    [Fact]
    public async Task The_lock_of_a_jobs_state_keeps_other_processes_out_until_the_change_is_committed()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var job = await JobAsync(stage, await stage.AcceptAsync());
        using var worker = (JobStorageConnection)stage.Get<HangfireStorage>().Workers.GetConnection();
        using var other = (JobStorageConnection)stage.Get<HangfireStorage>().Storage.GetConnection();
        var resource = $"job:{job}:state-lock";
        using (worker.AcquireDistributedLock(resource, TimeSpan.FromSeconds(5)))
        {
            Assert.ThrowsAny<DistributedLockTimeoutException>(() => other.AcquireDistributedLock(resource, TimeSpan.Zero));
            using var transaction = worker.CreateWriteTransaction();
            transaction.SetJobState(job, new EnqueuedState("loads-warehouse-2"));
            transaction.Commit();
            using (other.AcquireDistributedLock(resource, TimeSpan.Zero))
            {
                Assert.Throws<DistributedLockTimeoutException>(() => worker.AcquireDistributedLock(resource, TimeSpan.Zero));
            }
        }

        using (worker.AcquireDistributedLock(resource, TimeSpan.FromSeconds(5)))
        {
            // Left without a change.
        }

        Assert.Equal(0L, await stage.ScalarAsync<long>("SELECT count(*) FROM hangfire.lock"));
    }

    [Fact]
    public async Task A_lock_that_a_dead_process_left_is_taken_over()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        await stage.ExecuteAsync("INSERT INTO hangfire.lock (resource, acquired) VALUES ('hangfire:job:1:state-lock', now() - interval '1 minute')");
        using var worker = stage.Get<HangfireStorage>().Workers.GetConnection();
        using (worker.AcquireDistributedLock("job:1:state-lock", TimeSpan.Zero))
        {
            Assert.Equal(1L, await stage.ScalarAsync<long>("SELECT count(*) FROM hangfire.lock WHERE acquired > now() - interval '30 seconds'"));
        }
    }

    [Fact]
    public async Task A_change_of_state_happens_whole_or_not_at_all()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var job = await JobAsync(stage, await stage.AcceptAsync());
        using var worker = stage.Get<HangfireStorage>().Workers.GetConnection();
        using (var transaction = worker.CreateWriteTransaction())
        {
            transaction.SetJobState(job, new DeletedState());
            transaction.IncrementCounter("stats:deleted");
            transaction.SetJobState("987654321", new DeletedState());
            Assert.Throws<PostgresException>(transaction.Commit);
        }

        Assert.Equal("Enqueued", await stage.ScalarAsync<string>("SELECT statename FROM hangfire.job"));
        Assert.Equal(0L, await stage.ScalarAsync<long>("SELECT count(*) FROM hangfire.counter"));

        using (var transaction = worker.CreateWriteTransaction())
        {
            transaction.SetJobState(job, new DeletedState());
            transaction.IncrementCounter("stats:deleted");
            transaction.Commit();
        }

        Assert.Equal("Deleted", await stage.ScalarAsync<string>("SELECT statename FROM hangfire.job"));
        Assert.Equal(1L, await stage.ScalarAsync<long>("SELECT count(*) FROM hangfire.counter"));
    }

    [Fact]
    public async Task A_worker_resumes_after_its_session_was_ended()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        await stage.AcceptAsync();
        await stage.AcceptAsync();
        using var connection = stage.Get<HangfireStorage>().Workers.GetConnection();
        using var first = connection.FetchNextJob(LaneQueues.All(QueueStage.Target), Token);
        await stage.ExecuteAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
        Assert.ThrowsAny<NpgsqlException>(() => connection.FetchNextJob(LaneQueues.All(QueueStage.Target), Token));
        using var second = connection.FetchNextJob(LaneQueues.All(QueueStage.Target), Token);
        Assert.NotEqual(first.JobId, second.JobId);
    }

    [Fact]
    public async Task A_job_is_fetched_with_the_lock_of_its_state_and_what_that_guards()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        await stage.AcceptAsync();
        using (var worker = stage.Get<HangfireStorage>().Workers.GetConnection())
        using (var fetched = worker.FetchNextJob(LaneQueues.All(QueueStage.Target), Token))
        {
            var resource = $"job:{fetched.JobId}:state-lock";
            using var other = stage.Get<HangfireStorage>().Storage.GetConnection();
            Assert.ThrowsAny<DistributedLockTimeoutException>(() => other.AcquireDistributedLock(resource, TimeSpan.Zero));
            using (worker.AcquireDistributedLock(resource, TimeSpan.Zero))
            {
                var (mine, theirs) = (worker.GetJobData(fetched.JobId), other.GetJobData(fetched.JobId));
                Assert.Equal((theirs.State, theirs.CreatedAt, theirs.Job.ToString()), (mine.State, mine.CreatedAt, mine.Job.ToString()));
                Assert.Equal(theirs.Job.Args, mine.Job.Args);
            }

            using (other.AcquireDistributedLock(resource, TimeSpan.Zero))
            {
                // Let go without a change of state.
            }
        }

        using (var worker = stage.Get<HangfireStorage>().Workers.GetConnection())
        {
            worker.FetchNextJob(LaneQueues.All(QueueStage.Target), Token).Dispose();
            Assert.Equal(1L, await stage.ScalarAsync<long>("SELECT count(*) FROM hangfire.lock"));
        }

        Assert.Equal(0L, await stage.ScalarAsync<long>("SELECT count(*) FROM hangfire.lock"));
    }

    [Fact]
    public async Task A_job_is_fetched_while_another_process_changes_its_state_and_then_is_as_that_left_it()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var job = await JobAsync(stage, await stage.AcceptAsync());
        var resource = $"job:{job}:state-lock";
        using var worker = stage.Get<HangfireStorage>().Workers.GetConnection();
        using var other = stage.Get<HangfireStorage>().Storage.GetConnection();
        using (other.AcquireDistributedLock(resource, TimeSpan.Zero))
        {
            using var fetched = worker.FetchNextJob(LaneQueues.All(QueueStage.Target), Token);
            Assert.Equal(job, fetched.JobId);
            Assert.Throws<DistributedLockTimeoutException>(() => worker.AcquireDistributedLock(resource, TimeSpan.Zero));
            using var change = other.CreateWriteTransaction();
            change.SetJobState(job, new DeletedState());
            change.Commit();
        }

        using (worker.AcquireDistributedLock(resource, TimeSpan.Zero))
        {
            Assert.Equal(DeletedState.StateName, worker.GetJobData(job).State);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_job_leaves_its_queue_in_the_transaction_that_ends_it_unless_another_worker_has_it(bool fetchedAgain)
    {
        await using var stage = await QueueStage.OpenAsync(server);
        await stage.AcceptAsync();
        var workers = stage.Get<HangfireStorage>().Workers;
        using var worker = workers.GetConnection();
        using var job = worker.FetchNextJob(LaneQueues.All(QueueStage.Target), Token);
        Assert.True(workers.HasFeature(JobStorageFeatures.Transaction.RemoveFromQueue(job.GetType())));
        if (fetchedAgain)
        {
            await stage.ExecuteAsync("UPDATE hangfire.jobqueue SET fetchedat = fetchedat + interval '1 second'");
        }

        using (var end = (JobStorageTransaction)worker.CreateWriteTransaction())
        {
            end.SetJobState(job.JobId, new DeletedState());
            end.RemoveFromQueue(job);
            Assert.Equal(1L, await stage.ScalarAsync<long>("SELECT count(*) FROM hangfire.jobqueue"));
            end.Commit();
        }

        Assert.Equal(fetchedAgain ? 1L : 0L, await stage.ScalarAsync<long>("SELECT count(*) FROM hangfire.jobqueue"));
        Assert.Equal(fetchedAgain, ((WorkerJob)job).Fetched is not null);
    }

    [Fact]
    public async Task A_job_that_no_one_renews_is_given_out_again()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        await stage.AcceptAsync();
        await stage.ExecuteAsync("UPDATE hangfire.jobqueue SET fetchedat = now() - $1::interval", HangfireStorage.Options().InvisibilityTimeout + TimeSpan.FromSeconds(1));
        using var connection = stage.Get<HangfireStorage>().Workers.GetConnection();
        using var job = connection.FetchNextJob(LaneQueues.All(QueueStage.Target), Token);
        Assert.NotNull(((WorkerJob)job).Fetched);
    }

    [Fact]
    public async Task New_jobs_are_heard_of_and_again_after_the_session_that_listens_was_ended()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        using var listener = new JobListener(stage.Get<QueueDatabase>(), TimeProvider.System);
        var limit = TimeSpan.FromSeconds(20);
        for (var i = 0; i < 2; i++)
        {
            // It begins to listen, at first or again: what came before may have been missed.
            await listener.Next().WaitAsync(limit, Token);
            var next = listener.Next();
            Assert.False(next.IsCompleted);
            await stage.AcceptAsync();
            await next.WaitAsync(limit, Token);
            await stage.ExecuteAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query ILIKE 'listen%'");
        }
    }

    /// <summary>At whatever moment it is signalled: between two steps of its waiting too.</summary>
    [Fact]
    public async Task A_worker_that_waits_for_a_job_stops_when_it_is_asked_to()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        using var connection = stage.Get<HangfireStorage>().Workers.GetConnection();
        var random = new Random(1);
        for (var i = 0; i < 200; i++)
        {
            using var stop = new CancellationTokenSource();
            var waiting = Task.Run(() => connection.FetchNextJob(LaneQueues.All(QueueStage.Target), stop.Token), Token);
            await Task.Delay(TimeSpan.FromMilliseconds(random.NextDouble() * 12), Token);
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(TimeSpan.FromSeconds(5), Token));
        }
    }

    /// <summary>Sessions of the lanes' pool go back without a reset; Hangfire waits for jobs on one that listens, which must not be of them.</summary>
    [Fact]
    public async Task No_session_of_the_lanes_pool_listens_for_jobs()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var stop = stage.StartLane();
        await stage.UntilAsync(await stage.AcceptAsync(), LoadStatus.Loaded);
        await QueueStage.UntilAsync(
            async () => await stage.ScalarAsync<long>("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query ILIKE 'listen%'") > 0,
            () => "nobody listened for jobs");
        await stop();
        var pool = stage.Get<QueueDatabase>().LaneSource;
        Assert.Equal(0L, await ChannelsAsync(pool));
        await using (var session = await pool.OpenConnectionAsync(Token))
        await using (var listen = new NpgsqlCommand("LISTEN new_job", session))
        {
            await listen.ExecuteNonQueryAsync(Token);
        }

        Assert.Equal(1L, await ChannelsAsync(pool));
    }

    /// <summary>To which the sessions listen that the pool has, and some more.</summary>
    private static async Task<long> ChannelsAsync(NpgsqlDataSource pool)
    {
        var channels = 0L;
        var sessions = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => pool.OpenConnectionAsync(Token).AsTask()));
        foreach (var session in sessions)
        {
            await using var count = new NpgsqlCommand("SELECT count(*) FROM pg_listening_channels()", session);
            channels += (long)(await count.ExecuteScalarAsync(Token))!;
        }

        foreach (var session in sessions)
        {
            await session.DisposeAsync();
        }

        return channels;
    }

    private static Task<string> JobAsync(QueueStage stage, LoadId load) =>
        stage.ScalarAsync<string>("SELECT job_id FROM etl_loader.load WHERE load_id = $1", load.Value);
}
