using Etl.Loader.Ledger;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Etl.Loader.Inboxes.Watching;

/// <summary>Keeps a watcher turning for every inbox: one loop each, so that a share that hangs stops no other.</summary>
internal sealed class InboxWatching(
    InboxCatalog catalog,
    IAcceptLoads ledger,
    ITakenTriggers taken,
    ILoadQueries queries,
    IInboxes inboxes,
    OpenInboxEvents open,
    RetentionOptions retention,
    Liveness liveness,
    TimeProvider time,
    ILoggerFactory loggers) : BackgroundService
{
    private static readonly TimeSpan FaultPause = TimeSpan.FromSeconds(5);

    /// <summary>A round looks through the whole inbox: minutes where it is huge and far away.</summary>
    private static readonly TimeSpan LongestRound = TimeSpan.FromMinutes(15);

    private readonly ILogger _logger = loggers.CreateLogger<InboxWatching>();

    /// <summary>One for each inbox, once started.</summary>
    public IReadOnlyList<InboxWatcher> Watchers { get; private set; } = [];

    public override void Dispose()
    {
        foreach (var watcher in Watchers)
        {
            watcher.Dispose();
        }

        base.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Watchers = [.. catalog.All.Select(inbox => new InboxWatcher(inbox, ledger, taken, queries, inboxes, open, retention, time, loggers.CreateLogger<InboxWatcher>()))];
        return Task.WhenAll(Watchers.Select(watcher => Task.Run(() => RunAsync(watcher, stoppingToken), stoppingToken)));
    }

    private async Task RunAsync(InboxWatcher watcher, CancellationToken token)
    {
        using (var loop = liveness.Begin("inbox", watcher.InboxName, LongestRound))
        {
            await TurnAsync(watcher, loop, token);
        }

        await watcher.WithdrawAsync();
    }

    private async Task TurnAsync(InboxWatcher watcher, Liveness.Loop loop, CancellationToken token)
    {
        while (!token.IsCancellationRequested)
        {
            loop.Turn();
            try
            {
                await watcher.RunOnceAsync(token);
                await watcher.WaitAsync(token);
            }
            catch (OperationCanceledException) when (token.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                Log.RoundFailed(_logger, watcher.InboxName, exception);
                await Task.Delay(FaultPause, time, token).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            }
        }
    }
}
