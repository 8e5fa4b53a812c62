using Etl.Loader.Ledger;

namespace Etl.Loader.Tests.Inboxes;

/// <summary>Taken triggers as the ledger has them: unique by identity, gone by the test's word.</summary>
internal sealed partial class FakeAcceptance : ITakenTriggers
{
    private readonly Dictionary<(string Inbox, TriggerIdentity Trigger), TakenRow> _taken = [];

    private long _rows;

    /// <summary>How often it was asked which triggers are taken.</summary>
    public int Questions { get; private set; }

    /// <summary>Passes between two looks at what is gone.</summary>
    public TimeSpan Elapsed { get; set; }

    /// <summary>Called when taken triggers are listed, before anybody looks for their files.</summary>
    public Action Listing { get; set; } = static () => { };

    public IReadOnlyCollection<TriggerIdentity> Taken
    {
        get
        {
            lock (_lock)
            {
                return [.. _taken.Keys.Select(k => k.Trigger)];
            }
        }
    }

    /// <summary>As a restore from a backup made before them does.</summary>
    public void ForgetTaken()
    {
        lock (_lock)
        {
            _taken.Clear();
        }
    }

    public Task<IReadOnlySet<TriggerIdentity>> FindAsync(string inbox, IReadOnlyList<TriggerIdentity> triggers, CancellationToken token)
    {
        RequireThere();
        lock (_lock)
        {
            Questions++;
            return Task.FromResult<IReadOnlySet<TriggerIdentity>>(triggers.Where(t => _taken.ContainsKey((inbox, t))).ToHashSet());
        }
    }

    public Task<IReadOnlyList<TakenTrigger>> ListAsync(string inbox, long after, TimeSpan kept, int limit, CancellationToken token)
    {
        RequireThere();
        Listing();
        lock (_lock)
        {
            return Task.FromResult<IReadOnlyList<TakenTrigger>>([.. _taken
                .Where(t => t.Key.Inbox == inbox && t.Value.Id > after && (t.Value.GoneAt is null || t.Value.GoneAt + kept <= Elapsed))
                .OrderBy(t => t.Value.Id).Take(limit).Select(t => new TakenTrigger(t.Value.Id, t.Key.Trigger, t.Value.GoneAt is not null))]);
        }
    }

    public Task NoteAsync(string inbox, IReadOnlyList<long> there, IReadOnlyList<long> gone, TimeSpan kept, CancellationToken token)
    {
        RequireThere();
        lock (_lock)
        {
            foreach (var (key, row) in _taken.ToList())
            {
                if (there.Contains(row.Id))
                {
                    row.GoneAt = null;
                }
                else if (gone.Contains(row.Id) && row.GoneAt + kept <= Elapsed)
                {
                    _taken.Remove(key);
                }
                else if (gone.Contains(row.Id))
                {
                    row.GoneAt ??= Elapsed;
                }
            }
        }

        return Task.CompletedTask;
    }

    /// <summary>False when another load has the trigger.</summary>
    private bool Takes(NewLoad load)
    {
        if (load.Trigger is not { } trigger)
        {
            return true;
        }

        _taken.TryAdd((load.Spec.Inbox, trigger), new TakenRow { Id = ++_rows, Load = load.Id });
        return _taken[(load.Spec.Inbox, trigger)].Load == load.Id;
    }

    private sealed class TakenRow
    {
        public required long Id { get; init; }
        public required LoadId Load { get; init; }
        public TimeSpan? GoneAt { get; set; }
    }
}
