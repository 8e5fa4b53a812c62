using Etl.Loader.Inboxes.Files;
using Microsoft.Extensions.Logging;

namespace Etl.Loader.Inboxes.Watching;

/// <summary>
/// Removes the <c>.loaded</c> markers that have told their outcome for long enough: an inbox to which hundreds of files come each night would fill up.
/// What was loaded stays known in the ledger and in the target.
/// </summary>
internal sealed class LoadedMarkers(Inbox inbox, TimeSpan kept, TimeProvider time, ILogger logger)
{
    public void RemoveOld(CancellationToken token)
    {
        var last = time.GetUtcNow() - kept;
        foreach (var path in InboxScan.LoadedMarkers(inbox))
        {
            token.ThrowIfCancellationRequested();
            try
            {
                // A producer's own file of such a name carries no load's id and is not ours to remove.
                var full = inbox.FullPath(path);
                if (FileStat.Of(full) is { Kind: FileKind.Regular } marker && marker.ModifiedAt < last && MarkerFile.Owner(full) is { } load)
                {
                    new DatasetMarkers(inbox, path[..^InboxName.Loaded.Length]).ForgetLoaded(load);
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                Log.NotRemoved(logger, inbox.Name, path, exception.Message);
            }
        }
    }
}
