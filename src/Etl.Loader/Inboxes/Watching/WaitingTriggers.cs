using Etl.Loader.Inboxes.Files;

namespace Etl.Loader.Inboxes.Watching;

/// <summary>A trigger or claim that may be taken now.</summary>
/// <param name="LastChance">It did not parse and has been unchanged for the whole patience: taken as it is.</param>
internal readonly record struct ReadyTrigger(string Path, DateTimeOffset ModifiedAt, bool LastChance);

/// <summary>
/// Triggers seen and not yet accepted. One told by a finished write is ready at once; one that only a scan saw, after it has been unchanged for
/// the settling time; one whose manifest does not parse, after the patience. Only this process's own steady clock measures, so that clocks of other
/// hosts and times of files decide nothing.
/// </summary>
internal sealed class WaitingTriggers(Inbox inbox, TimeProvider time)
{
    private static readonly TimeSpan Postponement = TimeSpan.FromSeconds(30);

    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    public int Count => _entries.Count;

    public DateTimeOffset? OldestAt => _entries.Count == 0 ? null : _entries.Values.Min(e => e.ModifiedAt);

    public void Clear() => _entries.Clear();

    public void Remove(string path) => _entries.Remove(path);

    /// <summary>Seen by a scan. False when there is nothing under this name.</summary>
    public bool Seen(string path)
    {
        if (_entries.ContainsKey(path))
        {
            return true;
        }

        if (FileStat.Of(inbox.FullPath(path)) is not { } stat)
        {
            return false;
        }

        _entries[path] = new Entry { Bytes = stat.Bytes, ModifiedAt = stat.ModifiedAt, Since = time.GetTimestamp(), Wait = inbox.Options.TriggerSettle };
        return true;
    }

    /// <summary>Told complete by an event, or a claim of this process to take up again.</summary>
    public void Finished(string path)
    {
        if (FileStat.Of(inbox.FullPath(path)) is { } stat)
        {
            _entries[path] = new Entry { Bytes = stat.Bytes, ModifiedAt = stat.ModifiedAt, Since = time.GetTimestamp(), Wait = TimeSpan.Zero };
        }
    }

    /// <summary>Its manifest does not parse: it may be growing still.</summary>
    public void Unparsable(string path)
    {
        if (_entries.TryGetValue(path, out var entry))
        {
            entry.Wait = inbox.Options.ManifestPatience;
            entry.Unparsable = true;
        }
    }

    /// <summary>It cannot be taken for a reason of its own: tried again later, and stands in nobody's way.</summary>
    public void Postpone(string path)
    {
        if (Seen(path))
        {
            _entries[path].Since = time.GetTimestamp();
            _entries[path].Wait = Postponement;
        }
    }

    /// <summary>Those whose time has come, in the order of acceptance: claims first, then by trigger time, then by path.</summary>
    public IReadOnlyList<ReadyTrigger> Ready()
    {
        var ready = new List<ReadyTrigger>();
        List<string>? gone = null;
        foreach (var (path, entry) in _entries)
        {
            if (time.GetElapsedTime(entry.Since) < entry.Wait && !entry.Unparsable)
            {
                continue;
            }

            if (FileStat.Of(inbox.FullPath(path)) is not { } stat)
            {
                (gone ??= []).Add(path);
            }
            else if (entry.Wait > TimeSpan.Zero && (stat.Bytes != entry.Bytes || stat.ModifiedAt != entry.ModifiedAt))
            {
                entry.Bytes = stat.Bytes;
                entry.ModifiedAt = stat.ModifiedAt;
                entry.Since = time.GetTimestamp();
                entry.Wait = inbox.Options.TriggerSettle;
                entry.Unparsable = false;
            }
            else if (time.GetElapsedTime(entry.Since) >= entry.Wait)
            {
                ready.Add(new ReadyTrigger(path, stat.ModifiedAt, entry.Unparsable));
            }
        }

        gone?.ForEach(Remove);
        ready.Sort(static (a, b) =>
        {
            var claims = InboxName.IsClaim(b.Path).CompareTo(InboxName.IsClaim(a.Path));
            var times = claims != 0 ? claims : a.ModifiedAt.CompareTo(b.ModifiedAt);
            return times != 0 ? times : string.CompareOrdinal(a.Path, b.Path);
        });
        return ready;
    }

    /// <summary>How long until the next one may be ready; null when none waits.</summary>
    public TimeSpan? UntilNext()
    {
        TimeSpan? next = null;
        foreach (var entry in _entries.Values)
        {
            var left = entry.Wait - time.GetElapsedTime(entry.Since);
            if (entry.Unparsable && left > inbox.Options.TriggerSettle)
            {
                // Looked at now and then: where no event tells it, the mended manifest need not wait for the end of the patience.
                left = inbox.Options.TriggerSettle;
            }

            next = next is null || left < next ? left : next;
        }

        return next < TimeSpan.Zero ? TimeSpan.Zero : next;
    }

    private sealed class Entry
    {
        public required long Bytes { get; set; }
        public required DateTimeOffset ModifiedAt { get; set; }
        public required long Since { get; set; }
        public required TimeSpan Wait { get; set; }
        public bool Unparsable { get; set; }
    }
}
