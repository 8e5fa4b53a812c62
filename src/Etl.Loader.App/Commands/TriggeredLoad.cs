using Etl.Loader.App.Output;
using Etl.Loader.Ledger;

namespace Etl.Loader.App.Commands;

/// <summary>
/// A trigger that a verb has yet to write, and the load that comes of it. The load is known by being newer than the newest one of this dataset
/// before: no clock is compared.
/// </summary>
internal sealed class TriggeredLoad
{
    private static readonly TimeSpan AcceptPatience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly ILoadQueries _queries;
    private readonly string _inbox;
    private readonly string _dataset;
    private readonly LoadId? _before;

    private TriggeredLoad(ILoadQueries queries, string inbox, string dataset, LoadId? before) =>
        (_queries, _inbox, _dataset, _before) = (queries, inbox, dataset, before);

    public static async Task<TriggeredLoad> PrepareAsync(ILoadQueries queries, string inbox, string dataset, CancellationToken token) =>
        new(queries, inbox, dataset, await NewestAsync(queries, inbox, dataset, token));

    /// <summary>Waits until a watcher has accepted the trigger. Throws <see cref="NotReachableException"/> when none does.</summary>
    public async Task<LoadId> WaitUntilAcceptedAsync(Surroundings surroundings, CancellationToken token)
    {
        for (var began = surroundings.Time.GetTimestamp(); surroundings.Time.GetElapsedTime(began) < AcceptPatience; await Task.Delay(Pause, surroundings.Time, token))
        {
            if (await NewestAsync(_queries, _inbox, _dataset, token) is { } load && load != _before)
            {
                return load;
            }
        }

        throw new NotReachableException(
            $"No watcher took {_inbox}/{_dataset}.trigger within {Words.Span(AcceptPatience)}.",
            "The trigger stays and is taken as soon as one runs: etl-loader up, or etl-loader watch.");
    }

    private static async Task<LoadId?> NewestAsync(ILoadQueries queries, string inbox, string dataset, CancellationToken token)
    {
        var page = await queries.ListAsync(new LoadFilter { Inbox = inbox, File = dataset }, null, 20, token);
        return page.Loads.FirstOrDefault(l => l.Dataset == dataset)?.LoadId;
    }
}
