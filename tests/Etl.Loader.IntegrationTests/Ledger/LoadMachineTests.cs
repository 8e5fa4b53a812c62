using CsCheck;
using Etl.Loader.IntegrationTests.Queue;
using Etl.Loader.IntegrationTests.Support;
using Etl.Loader.Ledger;
using Etl.Loader.Queue.Actions;
using Etl.Loader.Queue.Jobs;
using Etl.Loader.Queue.Lanes;
using Etl.Loader.Queue.Storage;
using Hangfire;
using Hangfire.States;

namespace Etl.Loader.IntegrationTests.Ledger;

/// <summary>
/// Ledger, job and reconciler on a real database, driven by random steps beside <see cref="LoadMachine"/>; a failing sequence is shrunk to the
/// shortest that fails, and CsCheck prints its seed.
/// </summary>
public class LoadMachineTests(PostgresServer server)
{
    private static readonly Actor Operator = new("anna", null);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whatever_happens_to_a_load_its_ledger_row_is_what_the_model_says()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        await Gen.Int[0, (int)LoadStep.ReconcileWhileRunning].Select(i => (LoadStep)i).List[1, 25].SampleAsync(steps => RunAsync(stage, steps), iter: 150, threads: 1);
    }

    private static async Task RunAsync(QueueStage stage, List<LoadStep> steps)
    {
        // A sequence that failed before left its load.
        await stage.ExecuteAsync("TRUNCATE hangfire.job, hangfire.jobqueue, etl_loader.load, etl_loader.attempts, etl_loader.outbox CASCADE");
        var machine = new LoadMachine();
        var driver = new Driver(stage, await stage.AcceptAsync());
        foreach (var step in steps)
        {
            var expected = machine.Take(step);
            Assert.True(expected == await driver.TakeAsync(step), $"{step}: the model says {(expected ? "done" : "refused")}");
            Assert.Equal(
                $"{machine.Status} attempts {machine.Attempts} open {(machine.Status == LoadStatus.Loading ? 1 : 0)} failures {machine.Failures} reported {machine.Reported} ended {!machine.Open}",
                await driver.DescribeAsync());
        }

        // Whatever came before: once the lane is idle, an open load has a job that will run it. A requeue between an outcome and its job's
        // change of state makes a second job, which finds the outcome of the first.
        await driver.TakeAsync(LoadStep.ReconcileWhileIdle);
        machine.Take(LoadStep.ReconcileWhileIdle);
        if (machine.Open)
        {
            Assert.True(await driver.HasJobThatWillRunAsync());
        }
    }

    private sealed class Driver(QueueStage stage, LoadId load)
    {
        private readonly List<AttemptKey> _attempts = [];
        private readonly HashSet<AttemptKey> _ended = [];
        private readonly ILoadLedger _ledger = stage.Get<ILoadLedger>();

        public async Task<bool> TakeAsync(LoadStep step) => step switch
        {
            LoadStep.Begin => await BeginAsync(),
            LoadStep.FinishLoaded => await FinishAsync(AttemptOutcome.Loaded),
            LoadStep.FinishFailed => await FinishAsync(AttemptOutcome.Failed),
            LoadStep.FinishRetry => await FinishAsync(AttemptOutcome.Retry),
            LoadStep.FinishInterrupted => await FinishAsync(AttemptOutcome.Interrupted),
            LoadStep.FinishSuperseded => await FinishAsync(AttemptOutcome.Superseded),
            LoadStep.FinishOfAnEarlierAttempt => _attempts.Count > 1 && await FinishAsync(AttemptOutcome.Loaded, _attempts[^2]),
            LoadStep.Requeue => await IsDoneAsync(() => stage.Get<ILoadActions>().RequeueAsync(load, Operator, Token)),
            LoadStep.Cancel => await IsDoneAsync(() => stage.Get<ILoadActions>().CancelAsync(load, Operator, Token)),
            LoadStep.RequeueAtTheDashboard => await ChangeAsync(new EnqueuedState { Reason = LoadJobs.ByDashboard }, DeletedState.StateName),
            LoadStep.DeleteAtTheDashboard => await ChangeAsync(new DeletedState { Reason = LoadJobs.ByDashboard }, EnqueuedState.StateName),
            LoadStep.LoseTheJob => await LoseAsync("DELETE FROM hangfire.jobqueue WHERE jobid = $1", "DELETE FROM hangfire.job WHERE id = $1"),
            LoadStep.LoseTheQueueRow => await LoseQueueRowAsync(),
            LoadStep.ReconcileWhileIdle => await ReconcileAsync(idle: true),
            LoadStep.ReconcileWhileRunning => await ReconcileAsync(idle: false),
            _ => throw new ArgumentOutOfRangeException(nameof(step)),
        };

        public Task<string> DescribeAsync() => stage.ScalarAsync<string>(
            """
            SELECT format('%s attempts %s open %s failures %s reported %s ended %s', initcap(status), attempt,
                          (SELECT count(*) FROM etl_loader.attempts AS a WHERE a.load_id = l.load_id AND finished_at IS NULL), failures,
                          (SELECT count(*) FROM etl_loader.outbox AS o WHERE o.load_id = l.load_id),
                          CASE WHEN finished_at IS NULL THEN 'False' ELSE 'True' END)
              FROM etl_loader.load AS l
             WHERE load_id = $1
            """,
            load.Value);

        public Task<bool> HasJobThatWillRunAsync() => stage.ScalarAsync<bool>(
            """
            SELECT EXISTS (SELECT
                             FROM etl_loader.load AS l
                             JOIN hangfire.job AS j ON j.id = l.job_id::bigint AND j.statename IN ('Enqueued', 'Processing')
                             JOIN hangfire.jobqueue AS q ON q.jobid = j.id
                            WHERE l.load_id = $1)
            """,
            load.Value);

        private async Task<bool> BeginAsync()
        {
            if (await _ledger.BeginAttemptAsync(load, 0, Token) is not { } attempt)
            {
                return false;
            }

            _attempts.Add(attempt);
            return true;
        }

        /// <summary>An end reported again gives the same answer and changes nothing.</summary>
        private async Task<bool> FinishAsync(AttemptOutcome outcome, AttemptKey? attempt = null) =>
            (attempt ?? _attempts.LastOrDefault()) is { } key && await _ledger.FinishAsync(
                key,
                new AttemptResult
                {
                    Outcome = outcome,
                    NextAttemptAt = outcome == AttemptOutcome.Retry ? TimeProvider.System.GetUtcNow().AddHours(1) : null,
                    Receipt = outcome == AttemptOutcome.Loaded ? "{}" : null,
                },
                Token) is not null && _ended.Add(key);

        private static async Task<bool> IsDoneAsync(Func<Task> act)
        {
            try
            {
                await act();
                return true;
            }
            catch (LoaderException)
            {
                return false;
            }
        }

        /// <summary>The dashboard offers it for jobs of one state only.</summary>
        private async Task<bool> ChangeAsync(IState state, string from) =>
            await JobAsync() is { } job && stage.Get<HangfireStorage>().Client.ChangeState(job, state, from) && await HasStateAsync(job, state.Name);

        private Task<bool> HasStateAsync(string job, string state) =>
            stage.ScalarAsync<bool>("SELECT EXISTS (SELECT FROM hangfire.job WHERE id = $1::bigint AND statename = $2)", job, state);

        private async Task<string?> JobAsync() => (await _ledger.FindAsync(load, Token))!.JobId;

        private async Task<bool> LoseAsync(params string[] statements)
        {
            foreach (var statement in statements)
            {
                await stage.ExecuteAsync(statement, long.Parse((await JobAsync())!, System.Globalization.CultureInfo.InvariantCulture));
            }

            return true;
        }

        private async Task<bool> LoseQueueRowAsync() =>
            await HasJobThatWillRunAsync() && await LoseAsync("DELETE FROM hangfire.jobqueue WHERE jobid = $1");

        private async Task<bool> ReconcileAsync(bool idle) => await stage.Get<Reconciler>().RunAsync(QueueStage.Target, idle, Token) != default;
    }
}
