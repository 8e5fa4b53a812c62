using Etl.Loader.Ledger;
using Etl.Loader.Queue.Actions;

namespace Etl.Loader.Tests.App;

/// <summary>A ledger in memory: what verbs read and what they did. A load's later states are played one a look.</summary>
internal sealed class FakeLoads : ILoadQueries, ILoadActions
{
    private readonly Dictionary<LoadId, Queue<LoadRecord>> _loads = [];

    public List<string> Actions { get; } = [];

    public Exception? Fault { get; set; }

    public LoadFilter? LastFilter { get; private set; }

    public IReadOnlyList<LaneStatus> Lanes { get; set; } = [];

    public IReadOnlyList<WatcherReport> Watchers { get; set; } = [];

    public LoadId Add(string dataset, params LoadStatus[] statuses)
    {
        var id = new LoadId(new Guid(_loads.Count + 0x10000000, 0, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, (byte)(_loads.Count + 1)));
        _loads[id] = new Queue<LoadRecord>(statuses.Select(status => Record(id, dataset, status)));
        return id;
    }

    public void Change(LoadId load, Func<LoadRecord, LoadRecord> change) => _loads[load] = new Queue<LoadRecord>(_loads[load].Select(change));

    public Task<LoadPage> ListAsync(LoadFilter filter, string? after, int limit, CancellationToken token)
    {
        ThrowIfFaulty();
        LastFilter = filter;
        var loads = _loads.Values.Select(states => Summary(states.Peek()))
            .Where(l => filter.Statuses.Count == 0 || filter.Statuses.Contains(l.Status))
            .Reverse();
        return Task.FromResult(new LoadPage([.. loads.Take(limit)], null));
    }

    public Task<LoadDetails?> FindAsync(LoadId load, CancellationToken token)
    {
        ThrowIfFaulty();
        if (!_loads.TryGetValue(load, out var states))
        {
            return Task.FromResult<LoadDetails?>(null);
        }

        var now = states.Count > 1 ? states.Dequeue() : states.Peek();
        return Task.FromResult<LoadDetails?>(new LoadDetails(now, []));
    }

    public Task<LoadId> ResolveAsync(string text, CancellationToken token)
    {
        ThrowIfFaulty();
        var matches = _loads.Keys.Where(id => id.Short == text || id.ToString().StartsWith(text, StringComparison.Ordinal)).ToArray();
        return matches.Length == 1 ? Task.FromResult(matches[0]) : throw new LoaderException($"{matches.Length} loads begin with '{text}'.", "See: etl-loader loads");
    }

    /// <summary>By the id that a producer gave them.</summary>
    public Func<string, LoadId?> Delivered { get; set; } = _ => null;

    public Task<LoadId?> FindDeliveryAsync(string inbox, string delivery, CancellationToken token) => Task.FromResult(Delivered(delivery));

    public Task<IReadOnlyList<LaneStatus>> LanesAsync(CancellationToken token) => Task.FromResult(Lanes);

    public Task<IReadOnlyList<WatcherReport>> WatchersAsync(CancellationToken token) => Task.FromResult(Watchers);

    public Task<AuditPage> AuditAsync(AuditFilter filter, string? after, int limit, CancellationToken token) => throw new NotSupportedException();

    public IReadOnlyList<LaneOutlook> Outlook { get; set; } = [];

    public Task<IReadOnlyList<LaneOutlook>> OutlookAsync(CancellationToken token) => Task.FromResult(Outlook);

    public Task<IReadOnlyList<RunningLoad>> RunningAsync(CancellationToken token) => Task.FromResult<IReadOnlyList<RunningLoad>>([]);

    public Task<IReadOnlyList<LoadSummary>> RecentAsync(int limit, CancellationToken token) =>
        Task.FromResult<IReadOnlyList<LoadSummary>>([.. _loads.Values.Select(states => Summary(states.Peek())).Where(l => l.Status.HasOutcome()).Reverse().Take(limit)]);

    public Task<IReadOnlyList<FailureCause>> CausesAsync(int limit, CancellationToken token) => Task.FromResult<IReadOnlyList<FailureCause>>([]);

    public Task<StatusCounts> CountUpToAsync(int most, CancellationToken token) => CountAsync(token);

    public Task<PlaceInLine> PlaceInLineAsync(LoadId load, CancellationToken token) => Task.FromResult(new PlaceInLine(0, 0));

    public Task<MatchSummary> SummarizeAsync(LoadFilter filter, CancellationToken token) => Task.FromResult(new MatchSummary(0, 0, [], []));

    public Task<IReadOnlyList<MatchedLoad>> MatchingAsync(LoadFilter filter, long after, long upTo, int limit, CancellationToken token) =>
        Task.FromResult<IReadOnlyList<MatchedLoad>>([
            .. _loads.Values.Select(states => states.Peek())
                .Where(l => filter.Statuses.Contains(l.Status))
                .Select((l, place) => new MatchedLoad(l.Id, place + 1))
                .Where(l => l.Sequence > after && l.Sequence <= upTo)
                .Take(limit),
        ]);

    public Task<StatusCounts> CountAsync(CancellationToken token)
    {
        ThrowIfFaulty();
        return Task.FromResult(new StatusCounts(_loads.Values.GroupBy(s => s.Peek().Status).ToDictionary(g => g.Key, g => g.LongCount())));
    }

    public Task RequeueAsync(LoadId load, Actor actor, CancellationToken token) =>
        _loads[load].Peek().Status == LoadStatus.Failed
            ? Note($"requeue {load} {actor.Name} {actor.Reason}")
            : throw new LoaderException($"Load {load} is loaded.", $"Run: etl-loader reload {load}");

    public async Task<LoadId> ReloadAsync(LoadId load, Actor actor, CancellationToken token)
    {
        await Note($"reload {load}");
        return load;
    }

    public Task CancelAsync(LoadId load, Actor actor, CancellationToken token) => Note($"cancel {load}");

    /// <summary>How a lane is paused already, or just now.</summary>
    public LanePause? Pause { get; set; }

    public async Task<LanePause> PauseAsync(string target, bool now, Actor actor, CancellationToken token)
    {
        await Note($"pause {target} now={now} {actor.Name} {actor.Reason}");
        return Pause = Pause is null
            ? new LanePause(target, DateTimeOffset.UnixEpoch, actor.Name, actor.Reason, now, Changed: true)
            : Pause with { Now = Pause.Now || now, Changed = now && !Pause.Now };
    }

    public async Task<LanePause?> ResumeAsync(string target, Actor actor, CancellationToken token)
    {
        await Note($"resume {target}");
        var ended = Pause;
        Pause = null;
        return ended;
    }

    private static LoadRecord Record(LoadId id, string dataset, LoadStatus status) => new()
    {
        Id = id,
        Spec = new LoadSpec { Inbox = "warehouse", Dataset = dataset, Target = "warehouse", TableName = "orders", Files = [new DataFile(dataset, 10, DateTimeOffset.UnixEpoch)] },
        Status = status,
        Stage = LoadStage.Staging,
        Attempt = 1,
        Failures = 0,
        Sequence = 1,
        AcceptedAt = DateTimeOffset.UnixEpoch,
        Error = status == LoadStatus.Failed ? "line 7: 'x' is not a valid bigint" : null,
        Hint = status == LoadStatus.Failed ? "Repair line 7 and requeue." : null,
        RowsLoaded = status == LoadStatus.Loaded ? 1234 : null,
    };

    private static LoadSummary Summary(LoadRecord load) => new(
        load.Id, load.Spec.Inbox, load.Spec.Dataset, load.Spec.Target, load.Spec.TableName, load.Status, load.Stage, load.Attempt, load.RowsLoaded,
        load.RowsRejected, load.BytesDone, load.BytesTotal, load.AcceptedAt, null, null, null, null, load.Error, null);

    private Task Note(string action)
    {
        Actions.Add(action);
        return Task.CompletedTask;
    }

    private void ThrowIfFaulty()
    {
        if (Fault is not null)
        {
            throw Fault;
        }
    }
}
