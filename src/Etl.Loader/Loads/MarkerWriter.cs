using System.Collections.Concurrent;
using Etl.Loader.Inboxes;
using Etl.Loader.Ledger;
using Microsoft.Extensions.Logging;

namespace Etl.Loader.Loads;

/// <summary>
/// Writes the markers of outcomes while the next load begins, one of a target at a time. The ledger has the outcome already: a process that dies before leaves
/// the marker to the watchers, which compare markers with the ledger.
/// </summary>
internal sealed class MarkerWriter(IInboxes inboxes, TimeProvider time, ILogger<MarkerWriter> logger) : IAsyncDisposable
{
    /// <summary>At the process's end a dead mount is left to the watchers too.</summary>
    private static readonly TimeSpan LastPatience = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, (string Dataset, Task Written)> _writing = [];

    /// <summary>Waits until the dataset's marker is written, where that is under way: of its next load nothing is read before.</summary>
    public Task WrittenAsync(LoadSpec spec) =>
        _writing.TryGetValue(spec.Target, out var writing) && writing.Dataset == Name(spec) ? writing.Written : Task.CompletedTask;

    /// <summary>Waits for the target's marker before.</summary>
    public async Task BeginAsync(LoadRecord load, LoadStatus status, string content)
    {
        if (_writing.TryGetValue(load.Spec.Target, out var before))
        {
            await before.Written;
        }

        _writing[load.Spec.Target] = (Name(load.Spec), Task.Run(() => WriteAsync(load, status, content)));
    }

    public async ValueTask DisposeAsync()
    {
        var all = Task.WhenAll(_writing.Values.Select(w => w.Written));
        await all.WaitAsync(LastPatience, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task WriteAsync(LoadRecord load, LoadStatus status, string content)
    {
        try
        {
            await inboxes.WriteMarkerAsync(load.Id, load.Spec, status, content, CancellationToken.None);
        }
        catch (Exception exception)
        {
            Log.NotMarked(logger, load.Id, load.Spec.Dataset, exception);
        }
    }

    private static string Name(LoadSpec spec) => $"{spec.Inbox}/{spec.Dataset}";
}
