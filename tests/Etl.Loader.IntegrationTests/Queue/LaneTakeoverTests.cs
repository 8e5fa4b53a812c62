using Etl.Loader.IntegrationTests.Support;
using Etl.Loader.Ledger;
using Etl.Loader.Queue.Actions;
using Etl.Loader.Queue.Lanes;
using Etl.Loader.Queue.Storage;
using Etl.Loader.Targets;
using Npgsql;

namespace Etl.Loader.IntegrationTests.Queue;

public class LaneTakeoverTests(PostgresServer server)
{
    private const string LockSessions =
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'etl-loader lane %' AND EXISTS (SELECT FROM pg_locks k WHERE k.pid = pg_stat_activity.pid AND k.locktype = 'advisory' AND k.granted)";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_two_processes_only_one_runs_loads_and_an_orderly_stop_gives_the_lane_to_the_other()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var first = new ScriptedRunner { Ledger = stage.Get<ILoadLedger>() };
        var second = new ScriptedRunner { Ledger = stage.Get<ILoadLedger>() };
        var stop = stage.StartLane(runner: first);
        await UntilHeldAsync(stage);
        stage.StartLane(runner: second);
        var before = await stage.AcceptAsync();
        await stage.UntilAsync(before, LoadStatus.Loaded);
        await stop();
        var after = await stage.AcceptAsync();
        await stage.UntilAsync(after, LoadStatus.Loaded);
        Assert.Equal(before, Assert.Single(first.Begun).Load);
        Assert.Equal(after, Assert.Single(second.Begun).Load);
        Assert.True(second.Begun.First().Epoch > first.Begun.First().Epoch);
    }

    [Fact]
    public async Task Losing_the_lock_does_not_abort_the_running_load_and_no_second_one_begins_beside_it()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var first = new ScriptedRunner { Ledger = stage.Get<ILoadLedger>() };
        var second = new ScriptedRunner { Ledger = stage.Get<ILoadLedger>() };
        var running = await stage.AcceptAsync();
        first.Hold(running);
        stage.StartLane(runner: first);
        await QueueStage.UntilAsync(() => Task.FromResult(first.HasBegun(running)), () => "the load did not begin");
        stage.StartLane(runner: second);
        var next = await stage.AcceptAsync();

        var holder = await stage.ScalarAsync<int>(LockSessions);
        await stage.ExecuteAsync("SELECT pg_terminate_backend($1)", holder);
        await QueueStage.UntilAsync(
            async () => await stage.ScalarAsync<long>($"SELECT count(*) FROM ({LockSessions}) s WHERE pid <> $1", holder) == 1, () => "nobody has the lock again");
        Assert.Equal(LoadStatus.Loading, (await stage.RecordAsync(running)).Status);
        Assert.Equal(LoadStatus.Queued, (await stage.RecordAsync(next)).Status);

        first.Release(running);
        var loaded = await stage.UntilAsync(running, LoadStatus.Loaded);
        await stage.UntilAsync(next, LoadStatus.Loaded);
        Assert.Equal(1, loaded.Attempt);
        Assert.Single(first.Begun.Concat(second.Begun), b => b.Load == next);
    }

    [Fact]
    public async Task A_process_that_lost_the_lock_and_lives_lets_go_of_a_target_that_admits_one_process_only()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        using var file = new SemaphoreSlim(1, 1);
        stage.StartLane(new ScriptedTarget(QueueStage.Target) { File = file });
        var before = await stage.AcceptAsync();
        await stage.UntilAsync(before, LoadStatus.Loaded);

        // Holds on to the lane's lock from the moment the first one loses it, as a second process that is quicker would.
        await using var quicker = await LaneLock.OpenAsync(stage.Get<QueueDatabase>(), QueueStage.Target, Token);
        await stage.ExecuteAsync("SELECT pg_terminate_backend($1)", await stage.ScalarAsync<int>(LockSessions));
        await QueueStage.UntilAsync(() => quicker.TryTakeAsync(Token), () => "the lock did not come free");
        await QueueStage.UntilAsync(() => Task.FromResult(file.CurrentCount == 1), () => "the file is still held");

        await quicker.DisposeAsync();
        stage.StartLane(new ScriptedTarget(QueueStage.Target) { File = file });
        var after = await stage.AcceptAsync();
        await stage.UntilAsync(after, LoadStatus.Loaded);
    }

    /// <summary>
    /// It has the target from before, won the lock back, waits until the holder that the ledger names has finished its load, and loses the lock meanwhile:
    /// to that very holder, who waits for the target.
    /// </summary>
    [Fact]
    public async Task A_process_that_waits_for_the_former_holder_notices_that_the_lock_is_gone_and_lets_go_of_the_target()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        using var file = new SemaphoreSlim(1, 1);
        var target = new ScriptedTarget(QueueStage.Target) { File = file };
        await target.TakeLaneAsync(new LaneClaim(Guid.CreateVersion7(TimeProvider.System.GetUtcNow()), QueueDatabase.Holder, 0), Token);
        await LeaveByDeathAsync(stage, await stage.AcceptAsync(), silentSeconds: -3600, QueueDatabase.Holder);
        stage.StartLane(target);
        await QueueStage.UntilAsync(() => Task.FromResult(stage.Logs.Any(l => l.Contains("is finishing its load", StringComparison.Ordinal))), () => "the former holder is not waited for");
        Assert.Equal(0, file.CurrentCount);

        await using var quicker = await LaneLock.OpenAsync(stage.Get<QueueDatabase>(), QueueStage.Target, Token);
        await stage.ExecuteAsync("SELECT pg_terminate_backend($1)", await stage.ScalarAsync<int>(LockSessions));
        await QueueStage.UntilAsync(() => quicker.TryTakeAsync(Token), () => "the lock did not come free");
        await QueueStage.UntilAsync(() => Task.FromResult(file.CurrentCount == 1), () => "the file is still held");
    }

    [Fact]
    public async Task Who_took_the_lock_of_a_silent_holder_is_not_ended_in_its_place()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        await LeaveByDeathAsync(stage, await stage.AcceptAsync(), silentSeconds: 60, "gone:1");
        var holder = (await stage.Get<LaneLedger>().FindHolderAsync(QueueStage.Target, Token))!;
        await using var successor = await LaneLock.OpenAsync(stage.Get<QueueDatabase>(), QueueStage.Target, Token);
        Assert.True(await successor.TryTakeAsync(Token));
        await using var other = await LaneLock.OpenAsync(stage.Get<QueueDatabase>(), QueueStage.Target, Token);
        Assert.False(await other.EndSilentHolderAsync(holder.HolderId, TimeSpan.FromSeconds(1), Token));
        Assert.True(await successor.TryTakeAsync(Token));
    }

    [Fact]
    public async Task An_orderly_stop_lets_go_of_a_target_that_admits_one_process_only()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        using var file = new SemaphoreSlim(1, 1);
        var stop = stage.StartLane(new ScriptedTarget(QueueStage.Target) { File = file });
        await UntilHeldAsync(stage);
        Assert.Equal(0, file.CurrentCount);
        await stop();
        Assert.Equal(1, file.CurrentCount);
    }

    [Fact]
    public async Task What_a_dead_holder_left_runs_first_and_its_attempt_is_reported_as_crashed()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var waiting = await stage.AcceptAsync(priority: LoadPriority.High);
        var orphan = await stage.AcceptAsync();
        await LeaveByDeathAsync(stage, orphan, silentSeconds: 0, holder: "gone:1");
        stage.StartLane();
        await stage.UntilAsync(orphan, LoadStatus.Loaded);
        await stage.UntilAsync(waiting, LoadStatus.Loaded);
        Assert.Equal([orphan, waiting], stage.Runner.Begun.Select(b => b.Load));
        var details = (await stage.Get<ILoadQueries>().FindAsync(orphan, Token))!;
        Assert.Equal([AttemptOutcome.Crashed, AttemptOutcome.Loaded], details.Attempts.Select(a => a.Outcome!.Value));
        Assert.Equal(0, details.Load.Failures);
        Assert.Equal(0L, await stage.ScalarAsync<long>("SELECT count(*) FROM hangfire.server WHERE id = 'warehouse@gone:1:x'"));
        Assert.Equal(1L, await stage.ScalarAsync<long>("SELECT count(*) FROM hangfire.server WHERE id = 'lake@other:2:y'"));
    }

    [Fact]
    public async Task A_lock_that_a_dead_worker_left_on_its_job_does_not_hold_up_the_lane()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var orphan = await stage.AcceptAsync();
        await LeaveByDeathAsync(stage, orphan, silentSeconds: 0, holder: "gone:1");
        var job = await stage.ScalarAsync<string>("SELECT job_id FROM etl_loader.load WHERE load_id = $1", orphan.Value);
        using var connection = stage.Get<HangfireStorage>().Storage.GetConnection();
        connection.AcquireDistributedLock($"job:{job}:state-lock", TimeSpan.FromSeconds(5));

        // Held by one who is alive as far as its age shows.
        await stage.ExecuteAsync("UPDATE hangfire.lock SET acquired = acquired + interval '1 day'");
        stage.StartLane();
        await stage.UntilAsync(orphan, LoadStatus.Loaded);
    }

    [Fact]
    public async Task A_holder_that_lives_and_loads_is_waited_for()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var orphan = await stage.AcceptAsync();

        // Its sessions seem to be there, since the holder is named like this process, and it reports.
        await LeaveByDeathAsync(stage, orphan, silentSeconds: 0, QueueDatabase.Holder);
        var begun = TimeProvider.System.GetTimestamp();
        stage.StartLane();
        await stage.UntilAsync(orphan, LoadStatus.Loaded);
        Assert.True(TimeProvider.System.GetElapsedTime(begun) > TimeSpan.FromSeconds(2), "the holder was not waited for until it fell silent");
    }

    [Fact]
    public async Task A_holder_frozen_with_the_lock_loses_it_once_it_has_been_silent()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var load = await stage.AcceptAsync();
        await using var frozen = await LaneLock.OpenAsync(stage.Get<QueueDatabase>(), QueueStage.Target, Token);
        Assert.True(await frozen.TryTakeAsync(Token));
        await LeaveByDeathAsync(stage, load, silentSeconds: 0, QueueDatabase.Holder);
        stage.StartLane();
        await stage.UntilAsync(load, LoadStatus.Loaded);
        await Assert.ThrowsAnyAsync<Exception>(() => frozen.TryTakeAsync(Token));
    }

    [Fact]
    public async Task A_holder_is_silent_only_after_the_time_that_it_said_itself_however_impatient_a_standby_is()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var load = await stage.AcceptAsync();
        await using var holder = await LaneLock.OpenAsync(stage.Get<QueueDatabase>(), QueueStage.Target, Token);
        Assert.True(await holder.TryTakeAsync(Token));
        await LeaveByDeathAsync(stage, load, silentSeconds: 20, "patient:1");
        await stage.ExecuteAsync("UPDATE etl_loader.lane_status SET silent_after = interval '1 hour'");
        var known = (await stage.Get<LaneLedger>().FindHolderAsync(QueueStage.Target, Token))!;
        Assert.Equal(TimeSpan.FromHours(1), known.SilentAfter);
        await using var other = await LaneLock.OpenAsync(stage.Get<QueueDatabase>(), QueueStage.Target, Token);

        // Longer than the standby's patience, so that only the holder's own word keeps it.
        await stage.ExecuteAsync("SELECT pg_sleep(0.1)");
        Assert.False(known.IsSilent(TimeSpan.Zero));
        Assert.False(await other.EndSilentHolderAsync(known.HolderId, TimeSpan.FromMilliseconds(1), Token));
        await stage.ExecuteAsync("UPDATE etl_loader.lane_status SET silent_after = interval '1 millisecond'");
        Assert.False(await other.EndSilentHolderAsync(known.HolderId, TimeSpan.FromHours(1), Token));
        Assert.True(await other.EndSilentHolderAsync(known.HolderId, TimeSpan.FromMilliseconds(1), Token));
        await Assert.ThrowsAnyAsync<Exception>(() => holder.TryTakeAsync(Token));
    }

    [Fact]
    public async Task An_attempt_of_an_older_epoch_changes_nothing_any_more()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var ledger = stage.Get<ILoadLedger>();
        var load = await stage.AcceptAsync();
        var stale = await ledger.BeginAttemptAsync(load, 0, Token);
        Assert.NotNull(stale);
        stage.Runner.Hold(load);
        stage.StartLane();
        await QueueStage.UntilAsync(() => Task.FromResult(stage.Runner.HasBegun(load)), () => "the load did not begin again");

        Assert.False(await ledger.EnterStageAsync(stale, LoadStage.Publishing, Token));
        Assert.Equal(AttemptStanding.Lost, await ledger.ReportProgressAsync(stale, 1, 1, 1, Token));
        Assert.Null(await ledger.FinishAsync(stale, new AttemptResult { Outcome = AttemptOutcome.Failed, Error = "late" }, Token));
        Assert.Null(await ledger.BeginAttemptAsync(load, 0, Token));
        stage.Runner.Release(load);
        Assert.Null((await stage.UntilAsync(load, LoadStatus.Loaded)).Error);
    }

    [Fact]
    public async Task Ending_all_sessions_of_the_queue_database_delays_and_loses_nothing()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var running = await stage.AcceptAsync();
        stage.Runner.Hold(running);
        stage.StartLane();
        await QueueStage.UntilAsync(() => Task.FromResult(stage.Runner.HasBegun(running)), () => "the load did not begin");
        var loads = Enumerable.Range(0, 3).Select(_ => stage.New()).ToArray();
        await stage.Get<IAcceptLoads>().AcceptAsync(loads, Token);
        await stage.ExecuteAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
        stage.Runner.Release(running);
        foreach (var load in loads.Select(l => l.Id).Prepend(running))
        {
            await stage.UntilAsync(load, LoadStatus.Loaded);
        }

        Assert.Equal(1, stage.Runner.MostAtOnce);
        Assert.Equal(loads.Select(l => l.Id).Prepend(running), stage.Runner.Begun.Select(b => b.Load).Distinct());
    }

    [Fact]
    public async Task A_lane_taken_after_an_outage_of_the_queue_database_begins_with_sessions_that_live()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        await using (await stage.Get<QueueDatabase>().LaneSource.OpenConnectionAsync(Token))
        {
            // Goes into the pool.
        }

        await stage.ExecuteAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
        stage.Get<QueueDatabase>().Source.Clear();
        stage.StartLane();
        await UntilHeldAsync(stage);

        // A server that meets a dead session at its start pauses for 15 s.
        Assert.DoesNotContain(stage.Logs, l => l.Contains("BackgroundServerProcess is in the Failed state", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("gone:1", 0, AttemptOutcome.Crashed, 1)]
    [InlineData("living", 0, AttemptOutcome.Fenced, 0)]
    [InlineData("gone:1", 86_400, AttemptOutcome.Crashed, 0)]
    public async Task The_death_of_a_process_is_distinguished_from_a_takeover_and_from_the_end_of_its_database(string holder, int silentSeconds, object outcome, int kills)
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var load = await stage.AcceptAsync();
        await LeaveByDeathAsync(stage, load, silentSeconds, holder == "living" ? QueueDatabase.Holder : holder);
        stage.StartLane();
        await stage.UntilAsync(load, LoadStatus.Loaded);
        var details = (await stage.Get<ILoadQueries>().FindAsync(load, Token))!;
        Assert.Equal((AttemptOutcome)outcome, details.Attempts[0].Outcome);
        Assert.Equal(kills, details.Load.Kills);
    }

    [Fact]
    public async Task A_lock_is_let_go_after_the_question_that_is_under_way_and_who_asks_then_learns_that_it_is_gone()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var laneLock = await LaneLock.OpenAsync(stage.Get<QueueDatabase>(), QueueStage.Target, Token);
        var answer = new TaskCompletionSource();
        var asking = laneLock.ProveAsync(async (_, _) =>
        {
            await answer.Task;
            return true;
        }, Token);
        var ending = laneLock.DisposeAsync().AsTask();
        var later = laneLock.ProveAsync(async (connection, token) =>
        {
            await using var command = new NpgsqlCommand("SELECT 1", connection);
            return await command.ExecuteScalarAsync(token) is not null;
        }, Token);
        Assert.False(ending.IsCompleted);
        answer.SetResult();
        Assert.True(await asking);
        await ending.WaitAsync(TimeSpan.FromSeconds(20), Token);
        await Assert.ThrowsAnyAsync<InvalidOperationException>(() => later.WaitAsync(TimeSpan.FromSeconds(20), Token));
    }

    [Fact]
    public async Task Kills_add_up_from_death_to_death_and_a_requeue_forgets_them()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var load = await stage.AcceptAsync();
        for (var death = 1; death <= 3; death++)
        {
            await LeaveByDeathAsync(stage, load, silentSeconds: 0, holder: $"gone:{death}");
            stage.Runner.Script(load, new AttemptResult { Outcome = AttemptOutcome.Interrupted });
            stage.Runner.Hold(load);
            var stop = stage.StartLane();
            await QueueStage.UntilAsync(async () => (await stage.RecordAsync(load)).Kills == death, () => "the death was not counted");
            await stop();
        }

        await stage.ExecuteAsync("UPDATE etl_loader.load SET status = 'failed', finished_at = now()");
        await stage.Get<ILoadActions>().RequeueAsync(load, new Actor("operator", null), Token);
        Assert.Equal(0, (await stage.RecordAsync(load)).Kills);
        stage.Runner.Release(load);
    }

    private static Task UntilHeldAsync(QueueStage stage) => QueueStage.UntilAsync(
        async () => await stage.ScalarAsync<long>("SELECT count(*) FROM hangfire.server") == 1, () => "no process serves the lane");

    /// <summary>Leaves the database as a process does that dies while it runs the load.</summary>
    private static async Task LeaveByDeathAsync(QueueStage stage, LoadId load, int silentSeconds, string holder)
    {
        Assert.NotNull(await stage.Get<ILoadLedger>().BeginAttemptAsync(load, await stage.Get<LaneLedger>().EpochAsync(QueueStage.Target, Token), Token));
        await stage.ExecuteAsync(
            "UPDATE hangfire.jobqueue q SET fetchedat = now() FROM etl_loader.load l WHERE l.job_id = q.jobid::text AND l.load_id = $1", load.Value);
        await stage.ExecuteAsync(
            "UPDATE hangfire.job j SET statename = 'Processing' FROM etl_loader.load l WHERE l.job_id = j.id::text AND l.load_id = $1", load.Value);
        await stage.ExecuteAsync(
            """
            INSERT INTO etl_loader.lane_status (target, holder, holder_id, session_name, epoch, silent_after, heartbeat_at)
            VALUES ('warehouse', $1, gen_random_uuid(), $2, 0, interval '3 seconds', now() - make_interval(secs => $3))
            ON CONFLICT (target) DO UPDATE
               SET holder = excluded.holder, holder_id = excluded.holder_id, session_name = excluded.session_name,
                   silent_after = excluded.silent_after, heartbeat_at = excluded.heartbeat_at
            """,
            holder, holder == QueueDatabase.Holder ? QueueDatabase.ApplicationName : "etl-loader " + holder, silentSeconds);
        await stage.ExecuteAsync("INSERT INTO hangfire.server (id, data, lastheartbeat) VALUES ('warehouse@gone:1:x', '{}', now()), ('lake@other:2:y', '{}', now()) ON CONFLICT DO NOTHING");
    }
}
