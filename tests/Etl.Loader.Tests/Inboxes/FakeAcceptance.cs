using Etl.Loader.Ledger;
using Npgsql;

namespace Etl.Loader.Tests.Inboxes;

/// <summary>What inboxes see of the ledger, in memory: idempotent by id, and away when a test says so.</summary>
internal sealed partial class FakeAcceptance : IAcceptLoads, ILoadQueries
{
    private readonly Lock _lock = new();
    private readonly Dictionary<LoadId, (NewLoad Load, LoadStatus Status)> _loads = [];
    private readonly Dictionary<string, Guid> _inboxes = [];
    private readonly List<LoadId> _order = [];

    public bool Away { get; set; }

    /// <summary>Throws after the batch was accepted: a commit whose answer was lost.</summary>
    public bool LoseAnswers { get; set; }

    public Func<NewLoad, bool> Poison { get; set; } = static _ => false;

    public List<int> BatchSizes { get; } = [];

    public List<WatcherReport> Reports { get; } = [];

    public IReadOnlyList<NewLoad> Loads
    {
        get
        {
            lock (_lock)
            {
                return [.. _order.Select(id => _loads[id].Load)];
            }
        }
    }

    public IReadOnlyList<NewLoad> Accepted => [.. Loads.Where(l => l.Refusal is null)];

    public void Forget(LoadId id)
    {
        lock (_lock)
        {
            _loads.Remove(id);
            _order.Remove(id);
        }
    }

    public void End(LoadId id, LoadStatus status)
    {
        lock (_lock)
        {
            _loads[id] = (_loads[id].Load, status);
        }
    }

    public void RegisterOther(string inbox) => _inboxes[inbox] = Guid.CreateVersion7();

    public Task<IReadOnlyList<Acceptance>> AcceptAsync(IReadOnlyList<NewLoad> loads, CancellationToken token)
    {
        RequireThere();
        lock (_lock)
        {
            if (loads.Any(Poison))
            {
                throw new NpgsqlException("this row is not taken");
            }

            BatchSizes.Add(loads.Count);
            var accepted = new List<Acceptance>();
            foreach (var load in loads.Where(Takes))
            {
                var added = _loads.TryAdd(load.Id, (load, load.Refusal is null ? LoadStatus.Queued : LoadStatus.Failed));
                if (added)
                {
                    _order.Add(load.Id);
                }

                accepted.Add(new Acceptance(load.Id, added, _loads[load.Id].Status));
            }

            return LoseAnswers ? throw new NpgsqlException("the connection broke") : Task.FromResult<IReadOnlyList<Acceptance>>(accepted);
        }
    }

    public Task<IReadOnlyDictionary<LoadId, LoadStatus>> FindAsync(IReadOnlyCollection<LoadId> ids, CancellationToken token)
    {
        RequireThere();
        lock (_lock)
        {
            return Task.FromResult<IReadOnlyDictionary<LoadId, LoadStatus>>(ids.Where(_loads.ContainsKey).ToDictionary(id => id, id => _loads[id].Status));
        }
    }

    public Task<bool> IsReachableAsync(CancellationToken token) => Task.FromResult(!Away);

    public Task<Guid> RegisterInboxAsync(string inbox, Guid proposed, CancellationToken token)
    {
        RequireThere();
        lock (_lock)
        {
            return Task.FromResult(_inboxes.TryAdd(inbox, proposed) ? proposed : _inboxes[inbox]);
        }
    }

    public Task ReportWatcherAsync(WatcherReport report, CancellationToken token)
    {
        RequireThere();
        lock (_lock)
        {
            Reports.Add(report);
        }

        return Task.CompletedTask;
    }

    public Task<LoadDetails?> FindAsync(LoadId load, CancellationToken token)
    {
        RequireThere();
        lock (_lock)
        {
            return Task.FromResult(_loads.TryGetValue(load, out var known) ? new LoadDetails(ToRecord(known.Load, known.Status), []) : null);
        }
    }

    public Task<LoadPage> ListAsync(LoadFilter filter, string? after, int limit, CancellationToken token) => throw new NotSupportedException();

    public Task<LoadId?> FindDeliveryAsync(string inbox, string delivery, CancellationToken token) => throw new NotSupportedException();

    public Task<LoadId> ResolveAsync(string text, CancellationToken token) => throw new NotSupportedException();

    public Task<IReadOnlyList<LaneStatus>> LanesAsync(CancellationToken token) => throw new NotSupportedException();

    public Task<IReadOnlyList<WatcherReport>> WatchersAsync(CancellationToken token) => throw new NotSupportedException();

    public Task<AuditPage> AuditAsync(AuditFilter filter, string? after, int limit, CancellationToken token) => throw new NotSupportedException();

    public Task<IReadOnlyList<LaneOutlook>> OutlookAsync(CancellationToken token) => throw new NotSupportedException();

    public Task<IReadOnlyList<RunningLoad>> RunningAsync(CancellationToken token) => throw new NotSupportedException();

    public Task<IReadOnlyList<LoadSummary>> RecentAsync(int limit, CancellationToken token) => throw new NotSupportedException();

    public Task<IReadOnlyList<FailureCause>> CausesAsync(int limit, CancellationToken token) => throw new NotSupportedException();

    public Task<StatusCounts> CountUpToAsync(int most, CancellationToken token) => throw new NotSupportedException();

    public Task<PlaceInLine> PlaceInLineAsync(LoadId load, CancellationToken token) => throw new NotSupportedException();

    public Task<MatchSummary> SummarizeAsync(LoadFilter filter, CancellationToken token) => throw new NotSupportedException();

    public Task<IReadOnlyList<MatchedLoad>> MatchingAsync(LoadFilter filter, long after, long upTo, int limit, CancellationToken token) => throw new NotSupportedException();

    public Task<StatusCounts> CountAsync(CancellationToken token) => throw new NotSupportedException();

    private static LoadRecord ToRecord(NewLoad load, LoadStatus status) => new()
    {
        Id = load.Id,
        Spec = load.Spec,
        Status = status,
        Stage = LoadStage.Accepted,
        Attempt = 1,
        Failures = 0,
        Sequence = 1,
        AcceptedAt = DateTimeOffset.UnixEpoch,
        Error = status == LoadStatus.Failed ? "it broke" : null,
        Hint = status == LoadStatus.Failed ? "mend it" : null,
        Receipt = status == LoadStatus.Loaded ? $$"""{"load_id":"{{load.Id}}"}""" : null,
    };

    private void RequireThere()
    {
        if (Away)
        {
            throw new NpgsqlException("connection refused");
        }
    }
}
