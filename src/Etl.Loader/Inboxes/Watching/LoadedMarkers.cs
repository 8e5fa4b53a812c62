using Etl.Loader.Files;
using Etl.Loader.Inboxes.Files;
using Microsoft.Extensions.Logging;

namespace Etl.Loader.Inboxes.Watching;

/// <summary>
/// Removes the <c>.loaded</c> markers that have reported their outcome for long enough: an inbox to which hundreds of files come each night would fill up.
/// What was loaded stays known in the ledger and in the target.
/// </summary>
internal sealed class LoadedMarkers(Inbox inbox, TimeSpan kept, TimeProvider time, ILogger logger)
{
    public void RemoveOld(CancellationToken token)
    {
        var last = time.GetUtcNow() - kept;
        using var root = inbox.Open();
        foreach (var path in InboxScan.LoadedMarkers(inbox))
        {
            token.ThrowIfCancellationRequested();
            try
            {
                // A producer's own file of such a name carries no load's id and is not ours to remove.
                if (root.Stat(path) is { Kind: FileKind.Regular } marker && marker.ModifiedAt < last && MarkerFile.Owner(root, path) is { } load)
                {
                    using var markers = new DatasetMarkers(inbox, path[..^InboxName.Loaded.Length]);
                    markers.ForgetLoaded(load);
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                Log.NotRemoved(logger, inbox.Name, path, exception.Message);
            }
        }
    }
}
