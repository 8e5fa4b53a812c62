using System.Diagnostics.CodeAnalysis;
using Etl.Loader.Ledger;
using Etl.Loader.Loads;
using Etl.Loader.Targets;
using Microsoft.Extensions.Logging;

namespace Etl.Loader.Queue.Lanes;

/// <summary>
/// The lane's server in this process, from its start until it is drained. It may outlive the lock: a load under way is never aborted because the
/// lock is lost.
/// </summary>
[SuppressMessage(
    "Design", "CA1001:Types that own disposable fields should be disposable",
    Justification = "StopAsync ends the server; a load that would not let go still gives its turn back, so the semaphore, which holds no handle, stays.")]
internal sealed class LaneWork(
    ILoadTarget target, LaneParts parts, LaneReports reports, ILoadRunner runner, ILoadLedger ledger, LaneOptions options, TimeProvider time, ILogger logger)
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private LaneServer? _server;
    private bool _hangs;

    /// <summary>Held by whatever must not run beside a load of this lane.</summary>
    public SemaphoreSlim Turn => _turn;

    /// <summary>A load of this process is under way, or the server still fetches.</summary>
    public bool Draining => _server is { Drained: false };

    /// <summary>A load has found that the target is at another epoch.</summary>
    public bool Fenced => _server is { Desk.Fenced: true };

    public void StopFetching() => _server?.StopFetching();

    /// <summary>Starts and stops the server as people wish.</summary>
    public async Task ApplyPauseAsync(ILaneRight right, long epoch)
    {
        if (right.Wish.Paused && _server is not null)
        {
            if (!_server.Stopping)
            {
                Log.LanePaused(logger, target.Name);
                _server.StopFetching();
            }

            if (right.Wish.Now)
            {
                _server.Desk.WindUp("Handed back: the lane was paused.", options.ChunkGrace);
            }
        }

        await DropDrainedAsync();
        if (!right.Wish.Paused && _server is null)
        {
            Log.LaneTakesLoads(logger, target.Name);
            var desk = new LaneDesk(target.Name, right, reports, _turn, options, time);
            _server = new LaneServer(parts.Hangfire, new LaneHold(target, epoch, desk), desk, runner, ledger, options, time, logger);
        }
    }

    /// <summary>Waits for one heartbeat at most. Without a server it returns immediately.</summary>
    public Task DrainAsync(CancellationToken token) => _server?.DrainAsync(options.Heartbeat, time, token) ?? Task.CompletedTask;

    public async Task DropDrainedAsync()
    {
        if (_server is { Drained: true })
        {
            await _server.DisposeAsync();
            _server = null;
        }
    }

    /// <summary>
    /// Without the lock and with nothing running: the target is free for the process that holds the lane now. A process that lost the lock while it
    /// was frozen or cut off may live on for weeks.
    /// </summary>
    public async Task LetGoAsync()
    {
        await DropDrainedAsync();
        if (_server is null)
        {
            await target.ReleaseLaneAsync();
        }
    }

    /// <summary>Also gives up the target, unless a load is still in it: the process may have other lanes to end, or continue without this one.</summary>
    public async Task StopAsync(CancellationToken token)
    {
        if (_server is { } server)
        {
            server.StopFetching();
            server.Desk.WindUp("Handed back: the process is shutting down.", options.ChunkGrace);
            _hangs = !await server.DrainAsync(options.Shutdown, time, token);
            if (_hangs)
            {
                Log.DrainTooLong(logger, target.Name, options.Shutdown);
            }

            await server.DisposeAsync();
            _server = null;
        }

        if (!_hangs)
        {
            await target.ReleaseLaneAsync();
        }
    }
}
