using Etl.Loader.Inboxes.Files;
using Etl.Loader.Ledger;

namespace Etl.Loader.Inboxes.Watching;

/// <summary>Reports outcomes beside the data that the loader could not report itself: it died, or the inbox could not be written.</summary>
internal sealed class OutcomeMarkers(ILoadQueries queries, IInboxes inboxes)
{
    /// <summary>False when the load has no outcome, or its marker is not to be written.</summary>
    public async Task<bool> WriteAsync(LoadId id, CancellationToken token)
    {
        if (await queries.FindAsync(id, token) is not { Load: var load })
        {
            return false;
        }

        var content = load.Status switch
        {
            LoadStatus.Loaded => load.Receipt ?? "",
            LoadStatus.Queued or LoadStatus.Loading or LoadStatus.Retrying => null,
            _ => MarkerFile.Failed(id, load.Status.ToString().ToLowerInvariant(), load.Error ?? "", load.ErrorLine, load.Hint),
        };
        return content is not null && await inboxes.WriteMarkerAsync(id, load.Spec, load.Status, content, token);
    }
}
