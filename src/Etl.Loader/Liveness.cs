using System.Collections.Concurrent;

namespace Etl.Loader;

/// <summary>
/// Whether the loops of this process turn: what a watchdog asks, which starts the process again where they do not. Asks no database. A loop that waits for
/// something that is away still turns. Loops of one kind stand in for each other: a share that hangs must not cost the other inboxes their watcher.
/// </summary>
internal sealed class Liveness(TimeProvider time)
{
    private readonly ConcurrentDictionary<(string Kind, string Name), Loop> _loops = new();

    /// <summary>A loop that turns at least once in <paramref name="patience"/>, until it is disposed.</summary>
    public Loop Begin(string kind, string name, TimeSpan patience)
    {
        var loop = new Loop(this, (kind, name), patience);
        _loops[(kind, name)] = loop;
        return loop;
    }

    /// <summary>Null: the process lives. Otherwise what hangs: all loops of one kind, each for longer than its patience.</summary>
    public string? Stuck() => _loops.Values
        .GroupBy(loop => loop.Key.Kind)
        .Where(kind => kind.All(loop => loop.IsLate))
        .Select(kind => string.Join(", ", kind.Select(loop => $"{loop.Key.Kind} {loop.Key.Name}")) + " did not run in time")
        .FirstOrDefault();

    /// <summary>One loop's signs of life, from any of its threads.</summary>
    internal sealed class Loop(Liveness owner, (string Kind, string Name) key, TimeSpan patience) : IDisposable
    {
        private long _turned = owner.Now();

        public (string Kind, string Name) Key => key;

        public bool IsLate => owner.Since(Interlocked.Read(ref _turned)) > patience;

        public void Turn() => Interlocked.Exchange(ref _turned, owner.Now());

        /// <summary>It has ended in order; nothing is expected of it any more.</summary>
        public void Dispose() => owner._loops.TryRemove(new(key, this));
    }

    private long Now() => time.GetTimestamp();

    private TimeSpan Since(long turned) => time.GetElapsedTime(turned);
}
