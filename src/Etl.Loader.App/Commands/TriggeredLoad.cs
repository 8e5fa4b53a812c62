using Etl.Loader.App.Output;
using Etl.Loader.Inboxes;
using Etl.Loader.Ledger;

namespace Etl.Loader.App.Commands;

/// <summary>The load that comes of a trigger which a verb has written. It is known by the id in the trigger: another of the same name may be queued.</summary>
internal static class TriggeredLoad
{
    private static readonly TimeSpan AcceptPatience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Waits until a watcher has accepted the trigger. Throws <see cref="NotReachableException"/> when none does.</summary>
    /// <param name="timeout">How long people want to wait in all; null: no limit.</param>
    /// <returns>Null: <paramref name="timeout"/> is over, which was reported.</returns>
    public static async Task<LoadId?> WaitUntilAcceptedAsync(
        ILoadQueries queries, Surroundings surroundings, DeliveredFile delivered, TimeSpan? timeout, CancellationToken token)
    {
        const string later = "The trigger stays and is taken as soon as one runs: etl-loader up, or etl-loader watch.";
        var patience = timeout < AcceptPatience ? timeout.Value : AcceptPatience;
        for (var began = surroundings.Time.GetTimestamp(); surroundings.Time.GetElapsedTime(began) < patience; await Task.Delay(Pause, surroundings.Time, token))
        {
            if (await queries.FindDeliveryAsync(delivered.Inbox, delivered.Id, token) is { } load)
            {
                return load;
            }
        }

        var reason = $"No watcher took {delivered.Inbox}/{delivered.Dataset}.trigger within {Words.Span(patience)}.";
        if (patience == timeout)
        {
            surroundings.Complain(reason, later);
            return null;
        }

        throw new NotReachableException(reason, later);
    }
}
