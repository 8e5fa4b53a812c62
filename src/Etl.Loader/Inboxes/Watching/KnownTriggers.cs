namespace Etl.Loader.Inboxes.Watching;

/// <summary>
/// The triggers that this watcher has read and found in the ledger as taken. Only a memory, so that a scan over thousands of them asks no one: what is not
/// in it is read and asked for, and a look at the ledger drops what that does not have.
/// </summary>
internal sealed class KnownTriggers(Inbox inbox)
{
    private readonly Dictionary<string, TriggerStamp> _known = new(StringComparer.Ordinal);

    /// <summary>True when the file under the path still is the one that is known.</summary>
    public bool IsThere(string path) => _known.TryGetValue(path, out var known) && TriggerStamp.Of(inbox, path) == known;

    public bool Has(string path, TriggerStamp stamp) => _known.TryGetValue(path, out var known) && known == stamp;

    public void Remember(string path, TriggerStamp stamp) => _known[path] = stamp;

    public void KeepOnly(IReadOnlySet<string> paths)
    {
        foreach (var path in _known.Keys.Where(p => !paths.Contains(p)).ToList())
        {
            _known.Remove(path);
        }
    }
}
