using System.Text;
using Etl.Loader.Ledger;

namespace Etl.Loader.Inboxes.Files;

/// <summary>
/// The markers of one dataset: <c>X.queued</c>, then <c>X.loaded</c> or <c>X.failed</c>. Each carries its load's id, and nobody replaces the marker of
/// a load that waits or of one whose trigger was taken later: a delivery that came later owns the dataset. All methods pass on <see cref="IOException"/> and
/// <see cref="UnauthorizedAccessException"/>: an inbox that cannot be written is the caller's to bear.
/// </summary>
internal sealed class DatasetMarkers(Inbox inbox, string dataset)
{
    private const int MaxNameBytes = 255;

    private readonly string _stem = inbox.FullPath(dataset);

    private string QueuedPath => _stem + InboxName.Queued;

    private string LoadedPath => _stem + InboxName.Loaded;

    private string FailedPath => _stem + InboxName.Failed;

    private string TriggerPath => _stem + InboxName.Trigger;

    /// <summary>False where the name is so long that the claim's would go beyond what file systems hold.</summary>
    public bool IsClaimable => Encoding.UTF8.GetByteCount(Path.GetFileName(_stem)) <= MaxNameBytes - InboxName.ClaimSuffixBytes;

    public string ClaimPath(LoadId load) => InboxName.ClaimOf(_stem, load);

    public void RemoveTrigger() => File.Delete(TriggerPath);

    /// <summary>Removed when a new trigger is taken: what they tell is over. Where that is not possible they stay; it stops no load.</summary>
    public void RemoveOutcomes()
    {
        foreach (var path in (ReadOnlySpan<string>)[LoadedPath, FailedPath])
        {
            try
            {
                File.Delete(path);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // Replaced or removed when the load has its outcome.
            }
        }
    }

    /// <summary>
    /// In place of the claim. Nothing happens when the claim is gone: then another watcher has done it, and perhaps more. Another watcher may have taken
    /// a later trigger and been faster: then only the claim goes.
    /// </summary>
    public void QueuedForClaim(LoadId load, ReadOnlySpan<byte> trigger)
    {
        if (FileStat.Of(ClaimPath(load)) is null)
        {
            return;
        }

        if ((MarkerFile.Owner(QueuedPath) ?? Told()) is { } owner && owner.MadeAt > load.MadeAt)
        {
            RemoveClaim(load);
        }
        else
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

    /// <summary>
    /// True when this load's marker may tell such an outcome: no other, newer load owns the dataset. A reload has no trigger that removed what was told
    /// before; it replaces that when it is loaded. One that fails has changed nothing in the table, and what was told of it stands.
    /// </summary>
    public bool IsOwner(LoadId load, LoadStatus outcome)
    {
        if (MarkerFile.Owner(QueuedPath) is { } queued)
        {
            return queued == load;
        }

        return Told() is not { } told || told == load || FileStat.Of(ClaimPath(load)) is not null
            || (outcome == LoadStatus.Loaded && told.MadeAt < load.MadeAt);
    }

    /// <summary>False when another load owns the dataset; nothing is written then, but this load's claim goes.</summary>
    public bool Outcome(LoadId load, LoadStatus status, string content)
    {
        if (!IsOwner(load, status))
        {
            RemoveClaim(load);
            return false;
        }

        // Another load's X.failed beside our X.queued is a trigger that was refused after ours was taken: newer, so it stays.
        var (mine, other) = status == LoadStatus.Loaded ? (LoadedPath, FailedPath) : (FailedPath, LoadedPath);
        var refusedSince = MarkerFile.Owner(FailedPath) is { } refused && refused != load && MarkerFile.Owner(QueuedPath) == load;
        var writes = !(refusedSince && mine == FailedPath);
        if (writes)
        {
            MarkerFile.Write(mine, load, Encoding.UTF8.GetBytes(MarkerFile.OwnerIn(content) == load ? content : $"load: {load}\n{content}"));
        }

        if (!(refusedSince && other == FailedPath))
        {
            File.Delete(other);
        }

        RemoveClaim(load);
        RemoveOwn(QueuedPath, load);
        return writes;
    }

    /// <summary>A trigger that was refused: told beside what waits already, which it does not touch.</summary>
    public void Refused(LoadId load, LoadRefusal refusal)
    {
        MarkerFile.Write(FailedPath, load, Encoding.UTF8.GetBytes(MarkerFile.Failed(load, "refused", refusal.Error, null, refusal.Hint)));
        RemoveClaim(load);
    }

    /// <summary>Removes <c>X.loaded</c> where it still is this load's.</summary>
    public void ForgetLoaded(LoadId load) => RemoveOwn(LoadedPath, load);

    private LoadId? Told() => MarkerFile.Owner(LoadedPath) ?? MarkerFile.Owner(FailedPath);

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
    private void RemoveOwn(string marker, LoadId load)
    {
        var aside = Path.Combine(Path.GetDirectoryName(_stem)!, $".etl-loader-{load}-{Guid.CreateVersion7():N}.tmp");
        if (!AtomicRename.Try(marker, aside))
        {
            return;
        }

        if (MarkerFile.Owner(aside) == load)
        {
            File.Delete(aside);
        }
        else
        {
            AtomicRename.Try(aside, marker);
        }
    }
}
