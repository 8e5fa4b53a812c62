using System.Text;
using Etl.Loader.Ledger;

namespace Etl.Loader.Inboxes.Files;

/// <summary>
/// The markers of one dataset: <c>X.queued</c>, then <c>X.loaded</c> or <c>X.failed</c>. Each carries its load's id, and nobody replaces the marker of
/// another load: a delivery that came later owns the dataset. All methods pass on <see cref="IOException"/> and
/// <see cref="UnauthorizedAccessException"/>: an inbox that cannot be written is the caller's to bear.
/// </summary>
internal sealed class DatasetMarkers(Inbox inbox, string dataset)
{
    private const int MaxNameBytes = 255;

    private readonly string _stem = inbox.FullPath(dataset);

    private string QueuedPath => _stem + InboxName.Queued;

    private string TriggerPath => _stem + InboxName.Trigger;

    /// <summary>False where the name is so long that the claim's would go beyond what file systems hold.</summary>
    public bool IsClaimable => Encoding.UTF8.GetByteCount(Path.GetFileName(_stem)) <= MaxNameBytes - InboxName.ClaimSuffixBytes;

    public string ClaimPath(LoadId load) => InboxName.ClaimOf(_stem, load);

    public void RemoveTrigger() => File.Delete(TriggerPath);

    /// <summary>Removed when a new trigger is taken: what they tell is over.</summary>
    public void RemoveOutcomes()
    {
        File.Delete(_stem + InboxName.Loaded);
        File.Delete(_stem + InboxName.Failed);
    }

    /// <summary>In place of the claim. Nothing happens when the claim is gone: then another watcher has done it, and perhaps more.</summary>
    public void QueuedForClaim(LoadId load, ReadOnlySpan<byte> trigger)
    {
        if (FileStat.Of(ClaimPath(load)) is not null)
        {
            Queued(load, trigger);
        }
    }

    public void Queued(LoadId load, ReadOnlySpan<byte> trigger)
    {
        MarkerFile.Write(QueuedPath, load, MarkerFile.Queued(load, trigger));
        RemoveOutcomes();
        RemoveClaim(load);
    }

    /// <summary>A load that has no trigger (reload, requeue): marked unless another load's marker says it waits.</summary>
    public bool QueuedAgain(LoadId load, ReadOnlySpan<byte> trigger)
    {
        if (MarkerFile.Owner(QueuedPath) is { } owner && owner != load)
        {
            return false;
        }

        Queued(load, trigger);
        return true;
    }

    /// <summary>True when this load's marker may tell an outcome: no other, newer load owns the dataset.</summary>
    public bool IsOwner(LoadId load)
    {
        if (MarkerFile.Owner(QueuedPath) is { } queued)
        {
            return queued == load;
        }

        var told = MarkerFile.Owner(_stem + InboxName.Loaded) ?? MarkerFile.Owner(_stem + InboxName.Failed);
        return told is null || told == load || FileStat.Of(ClaimPath(load)) is not null;
    }

    /// <summary>False when another load owns the dataset; nothing is written then, but this load's claim goes.</summary>
    public bool Outcome(LoadId load, LoadStatus status, string content)
    {
        if (!IsOwner(load))
        {
            RemoveClaim(load);
            return false;
        }

        var owned = MarkerFile.OwnerIn(content) == load ? content : $"load: {load}\n{content}";
        var (mine, other) = status == LoadStatus.Loaded ? (InboxName.Loaded, InboxName.Failed) : (InboxName.Failed, InboxName.Loaded);
        MarkerFile.Write(_stem + mine, load, Encoding.UTF8.GetBytes(owned));
        File.Delete(_stem + other);
        RemoveClaim(load);
        RemoveOwnQueued(load);
        return true;
    }

    private void RemoveClaim(LoadId load)
    {
        try
        {
            File.Delete(ClaimPath(load));
        }
        catch (PathTooLongException)
        {
            // Then it was never made.
        }
    }

    /// <summary>Taken aside before it is looked at: between look and removal a newer load's marker could have come in its place.</summary>
    private void RemoveOwnQueued(LoadId load)
    {
        var aside = Path.Combine(Path.GetDirectoryName(_stem)!, $".etl-loader-{load}-{Guid.CreateVersion7():N}.tmp");
        if (!AtomicRename.Try(QueuedPath, aside))
        {
            return;
        }

        if (MarkerFile.Owner(aside) == load)
        {
            File.Delete(aside);
        }
        else
        {
            AtomicRename.Try(aside, QueuedPath);
        }
    }
}
