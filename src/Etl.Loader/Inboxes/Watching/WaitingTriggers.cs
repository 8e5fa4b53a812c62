using Etl.Loader.Inboxes.Files;

namespace Etl.Loader.Inboxes.Watching;

/// <summary>A trigger or claim that may be taken now.</summary>
/// <param name="LastChance">It did not parse and has been unchanged for the whole patience: taken as it is.</param>
internal readonly record struct ReadyTrigger(string Path, DateTimeOffset ModifiedAt, bool LastChance);

/// <summary>
/// Triggers seen and not yet accepted. One reported by a finished write is ready immediately; one that only a scan saw, after it has been unchanged for
/// the settling time; one whose manifest does not parse, after the patience. Only this process's own steady clock measures, so that clocks of other
/// hosts and times of files decide nothing but the order: while an older trigger settles, the newer wait for it. So a flood, of which some
/// events are always lost, is accepted in the order in which it came.
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

        if (inbox.Stat(path) is not { } stat)
        {
            return false;
        }

        _entries[path] = new Entry { Bytes = stat.Bytes, ModifiedAt = stat.ModifiedAt, Since = time.GetTimestamp(), Wait = inbox.Options.TriggerSettle, Holds = !InboxName.IsClaim(path) };
        return true;
    }

    /// <summary>Reported complete by an event, or a claim of this process to take up again.</summary>
    public void Finished(string path)
    {
        if (inbox.Stat(path) is { } stat)
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
            entry.Holds = false;
        }
    }

    /// <summary>It cannot be taken for a reason of its own: tried again later, and is in no one's way.</summary>
    public void Postpone(string path)
    {
        if (Seen(path))
        {
            _entries[path].Since = time.GetTimestamp();
            _entries[path].Wait = Postponement;
            _entries[path].Holds = false;
        }
    }

    /// <summary>Those whose time has come, in the order of acceptance: claims first, then by trigger time, then by path.</summary>
    public IReadOnlyList<ReadyTrigger> Ready()
    {
        var ready = new List<ReadyTrigger>();
        List<string>? gone = null;
        var oldest = OldestSettling();
        foreach (var (path, entry) in _entries)
        {
            if (time.GetElapsedTime(entry.Since) < entry.Wait && !entry.Unparsable)
            {
                continue;
            }

            if (inbox.Stat(path) is not { } stat)
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

                // One that is being written for long is in no one's way.
                entry.Holds = false;
            }
            else if (time.GetElapsedTime(entry.Since) >= entry.Wait && !IsHeld(path, stat.ModifiedAt, oldest))
            {
                ready.Add(new ReadyTrigger(path, stat.ModifiedAt, entry.Unparsable));
            }
        }

        gone?.ForEach(Remove);
        ready.Sort(static (a, b) =>
        {
            var claims = InboxName.IsClaim(b.Path).CompareTo(InboxName.IsClaim(a.Path));
            return claims != 0 ? claims : CompareAge((a.ModifiedAt, a.Path), (b.ModifiedAt, b.Path));
        });
        return ready;
    }

    /// <summary>How long until the next one may be ready; null when none waits.</summary>
    public TimeSpan? UntilNext()
    {
        TimeSpan? next = null;
        var oldest = OldestSettling();
        foreach (var (path, entry) in _entries)
        {
            if (IsHeld(path, entry.ModifiedAt, oldest))
            {
                continue;
            }

            var left = entry.Wait - time.GetElapsedTime(entry.Since);
            if (entry.Unparsable && left > inbox.Options.TriggerSettle)
            {
                // Looked at now and then: where no event reports it, the fixed manifest need not wait for the end of the patience.
                left = inbox.Options.TriggerSettle;
            }

            next = next is null || left < next ? left : next;
        }

        return next < TimeSpan.Zero ? TimeSpan.Zero : next;
    }

    private static int CompareAge((DateTimeOffset At, string Path) a, (DateTimeOffset At, string Path) b) =>
        a.At.CompareTo(b.At) is not 0 and var times ? times : string.CompareOrdinal(a.Path, b.Path);

    private static bool IsHeld(string path, DateTimeOffset modifiedAt, (DateTimeOffset At, string Path)? oldest) =>
        oldest is { } settling && CompareAge((modifiedAt, path), settling) > 0 && !InboxName.IsClaim(path);

    /// <summary>The oldest trigger that only a scan saw and whose time has not come.</summary>
    private (DateTimeOffset At, string Path)? OldestSettling()
    {
        (DateTimeOffset At, string Path)? oldest = null;
        foreach (var (path, entry) in _entries)
        {
            if (entry.Holds && time.GetElapsedTime(entry.Since) < entry.Wait && (oldest is null || CompareAge((entry.ModifiedAt, path), oldest.Value) < 0))
            {
                oldest = (entry.ModifiedAt, path);
            }
        }

        return oldest;
    }

    private sealed class Entry
    {
        public required long Bytes { get; set; }
        public required DateTimeOffset ModifiedAt { get; set; }
        public required long Since { get; set; }
        public required TimeSpan Wait { get; set; }
        public bool Unparsable { get; set; }

        /// <summary>Newer ones wait while it settles.</summary>
        public bool Holds { get; set; }
    }
}
