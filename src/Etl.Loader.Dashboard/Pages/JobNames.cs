using System.Collections.Concurrent;
using Etl.Loader.Ledger;
using Etl.Loader.Queue.Jobs;
using Hangfire.Common;

namespace Etl.Loader.Dashboard.Pages;

/// <summary>
/// What Hangfire's own pages call a job: "orders.csv → warehouse.orders". They ask for each row, synchronously, and may not wait: names come from
/// memory, which is filled before a page is drawn, by one query at most every two seconds. A name that was asked for without success is looked up before
/// the next page.
/// </summary>
internal sealed class JobNames(ILoadQueries queries, TimeProvider time)
{
    private const int MostKept = 20_000;
    private const int NewestLoads = 500;
    private const int MostLookedUp = 100;
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<LoadId, string> _names = new();
    private readonly ConcurrentDictionary<LoadId, bool> _missing = new();
    private long _refreshedAt;

    /// <summary>Never throws and never waits.</summary>
    public string Of(Job? job)
    {
        if (!LoadJobs.TryGetLoad(job, out var load))
        {
            return job?.ToString() ?? "";
        }

        if (_names.TryGetValue(load, out var name))
        {
            return name;
        }

        if (_missing.Count < MostLookedUp)
        {
            _missing.TryAdd(load, true);
        }

        return $"load {load.Short}";
    }

    /// <summary>Never throws: without the ledger the pages show load ids.</summary>
    public async Task RefreshAsync(CancellationToken token)
    {
        var before = Interlocked.Read(ref _refreshedAt);
        if ((before != 0 && time.GetElapsedTime(before) < Fresh) || Interlocked.CompareExchange(ref _refreshedAt, time.GetTimestamp(), before) != before)
        {
            return;
        }

        using var limit = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(token, limit.Token);
        try
        {
            if (_names.Count > MostKept)
            {
                _names.Clear();
            }

            foreach (var load in (await queries.ListAsync(new LoadFilter(), null, NewestLoads, either.Token)).Loads)
            {
                _names[load.LoadId] = $"{load.Dataset} → {load.Target}.{load.TableName}";
            }

            foreach (var id in _missing.Keys)
            {
                if (!_names.ContainsKey(id) && await queries.FindAsync(id, either.Token) is { Load.Spec: var spec })
                {
                    _names[id] = $"{spec.Dataset} → {spec.Target}.{(spec.TableSchema is { } schema ? schema + "." : "")}{spec.TableName}";
                }

                _missing.TryRemove(id, out _);
            }
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            // A name is a courtesy: whatever keeps it from being read is reported where it matters.
        }
    }
}
