using Etl.Loader.Ledger;
using Etl.Loader.Loads;
using Etl.Loader.Queue.Jobs;
using Etl.Loader.Queue.Storage;
using Hangfire;
using Microsoft.Extensions.Logging;

namespace Etl.Loader.Queue.Lanes;

/// <summary>
/// The Hangfire server of a lane: one worker. Made again after every pause and every outage, which also forgets the worker's back-off. It is
/// stopped in two steps: it fetches nothing more, and, only where that is wanted, the running load is asked to let go.
/// </summary>
internal sealed class LaneServer : IAsyncDisposable
{
    /// <summary>Longer than any load: Hangfire's own time-outs never cancel one. We do, through <see cref="LaneDesk"/>.</summary>
    private static readonly TimeSpan Never = TimeSpan.FromHours(24);

    private readonly BackgroundJobServer _server;
    private readonly HangfireStorage _hangfire;
    private readonly CancellationTokenSource _drained = new();
    private Task _keepAlive = Task.CompletedTask;
    private Task? _drain;

    public LaneServer(HangfireStorage hangfire, LaneHold hold, LaneDesk desk, ILoadRunner runner, ILoadLedger ledger, LaneOptions options, TimeProvider time, ILogger logger)
    {
        _hangfire = hangfire;

        // Sessions pooled before an outage are dead, and a server that meets one at its start rests for 15 s.
        hangfire.Workers.Source.Clear();
        Desk = desk;
        _server = new BackgroundJobServer(
            new BackgroundJobServerOptions
            {
                ServerName = LaneTakeover.ServerPrefix(desk.Target) + Environment.MachineName,
                Queues = LaneQueues.All(desk.Target),
                WorkerCount = 1,
                StopTimeout = Never,
                ShutdownTimeout = Never,
                HeartbeatInterval = TimeSpan.FromSeconds(30),

                // An outage of the queue database must not cancel a healthy load.
                ServerTimeout = TimeSpan.FromHours(6),
                ServerCheckInterval = TimeSpan.FromMinutes(10),
                CancellationCheckInterval = options.CancelPoll,
                SchedulePollingInterval = options.RetryPoll,
                FilterProvider = hangfire.Filters,
                Activator = new JobMaker(() => new LoadJob(hold, desk, runner, ledger, time, logger)),
            },
            hangfire.Workers);
    }

    public LaneDesk Desk { get; }

    public bool Stopping => _drain is not null;

    /// <summary>True once it fetches nothing and runs nothing.</summary>
    public bool Drained => _drain is { IsCompleted: true };

    /// <summary>Fetches no further job; the running one continues. Idempotent.</summary>
    public void StopFetching()
    {
        if (_drain is not null)
        {
            return;
        }

        _server.SendStop();
        _drain = _server.WaitForShutdownAsync(CancellationToken.None);

        // Hangfire's own keep-alive ends here, and without one the running job would be given out again.
        _keepAlive = Task.Factory.StartNew(KeepAlive, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Waits until nothing runs. False when that took longer than the limit.</summary>
    public async Task<bool> DrainAsync(TimeSpan limit, TimeProvider time, CancellationToken token)
    {
        StopFetching();
        try
        {
            await _drain!.WaitAsync(limit, time, token);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>Only once drained; a server that is not is left to die with its process.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Drained)
        {
            _server.Dispose();
            Desk.Dispose();
        }

        await _drained.CancelAsync();
        await _keepAlive;
        _drained.Dispose();
    }

    private void KeepAlive()
    {
        var renew = HangfireKeepAlive.Find(_hangfire.Workers);
        while (!_drained.IsCancellationRequested)
        {
            try
            {
                renew(_drained.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception)
            {
                // The queue database is away; the next round tries again.
                _drained.Token.WaitHandle.WaitOne(TimeSpan.FromSeconds(1));
            }

            if (Drained)
            {
                return;
            }
        }
    }

    private sealed class JobMaker(Func<LoadJob> make) : JobActivator
    {
        public override object ActivateJob(Type jobType) => jobType == typeof(ILoadJob)
            ? make()
            : throw new InvalidOperationException($"A lane runs loads only, not {jobType}.");
    }
}
