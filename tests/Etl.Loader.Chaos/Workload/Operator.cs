using Etl.Loader.Chaos.Installation;
using Etl.Loader.Chaos.Verdict;
using Etl.Loader.Loads;
using Npgsql;

namespace Etl.Loader.Chaos.Workload;

/// <summary>
/// Does what people do: repairs faulty files and requeues their loads, every other time after a newer delivery has gone into the same table; reloads what a
/// target lost by being restored from an older backup; requeues what was set aside because its loader was killed too often, which must be true; triggers
/// again what only a ledger knew that was.
/// </summary>
internal sealed class Operator(Stand stand, Producer producer, Findings findings)
{
    private static readonly int KillLimit = new LoadOptions().KillLimit;

    private readonly Dictionary<(string Target, string File), Delivery> _newer = [];
    private readonly HashSet<string> _reloaded = [];
    private readonly HashSet<string> _restored = [];
    private bool _queueRestored;

    public int Requeued { get; private set; }

    /// <summary>Of the requeued ones, those of which a newer delivery of the table was loaded before.</summary>
    public int RequeuedLate { get; private set; }

    /// <summary>Loads that were requeued because they had been set aside.</summary>
    public int SetAside { get; private set; }

    public int Reloaded => _reloaded.Count;

    /// <summary>Loads whose receipts a restored target has lost, and which were reloaded therefore.</summary>
    public IReadOnlySet<string> LostReceipts => _reloaded;

    public void TargetRestored(string target)
    {
        lock (_restored)
        {
            _restored.Add(target);
        }
    }

    public void QueueRestored() => _queueRestored = true;

    public async Task RunAsync(CancellationToken token)
    {
        while (!token.IsCancellationRequested)
        {
            try
            {
                await RoundAsync(token);
                await Task.Delay(2000, token);
            }
            catch (Exception away) when (away is NpgsqlException or DuckDB.NET.Data.DuckDBException or IOException or TimeoutException)
            {
                await Task.Delay(500, token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>True when there was nothing to do.</summary>
    public async Task<bool> RoundAsync(CancellationToken token) => await RequeueAsync(token) & await TakeUpAsync(token) & await ReloadAsync(token) & await TriggerAsync(token);

    private async Task<bool> RequeueAsync(CancellationToken token)
    {
        var failed = await stand.RowsAsync(
            "queue", "SELECT load_id::text, target, dataset FROM etl_loader.load WHERE status = 'failed' AND dataset LIKE 'bad-%' ORDER BY sequence", token);
        var ready = new List<(string Load, bool Late)>();
        foreach (var row in failed)
        {
            var (load, target, file) = ((string)row[0]!, (string)row[1]!, (string)row[2]!);
            var good = producer.Newest(target, file)!;
            if (good.Number % 2 == 0)
            {
                if (!_newer.TryGetValue((target, file), out var newer))
                {
                    newer = _newer[(target, file)] = await producer.DeliverAfterAsync(good, token);
                }

                if (!File.Exists(Path.Combine(stand.Inbox(target), newer.File + ".loaded")))
                {
                    continue;
                }
            }

            await good.WriteAsync(stand.Inbox(target), token);
            ready.Add((load, good.Number % 2 == 0));
        }

        if (ready.Count > 0 && await stand.VerbAsync($"requeue {string.Join(' ', ready.Select(r => r.Load))} --reason repaired", token) == 0)
        {
            Requeued += ready.Count;
            RequeuedLate += ready.Count(r => r.Late);
        }

        return failed.Count == 0;
    }

    /// <summary>The product's limit stands for loads that kill their loader; here the campaign does, and so often within the load's time.</summary>
    private async Task<bool> TakeUpAsync(CancellationToken token)
    {
        var aside = await stand.RowsAsync(
            "queue",
            "SELECT load_id::text, accepted_at, finished_at FROM etl_loader.load WHERE status = 'failed' AND error LIKE '%the load killed the loader%' ORDER BY sequence",
            token);
        foreach (var row in aside)
        {
            var kills = stand.LoaderKills.Count(at => at.UtcDateTime > (DateTime)row[1]! && at.UtcDateTime < (DateTime)row[2]!);
            if (kills < KillLimit)
            {
                findings.Add(Harm.Other, $"load {row[0]} was set aside for killing its loader, but loaders were killed only {kills} times in its time", (DateTime)row[2]!);
            }
        }

        if (aside.Count > 0 && await stand.VerbAsync($"requeue {string.Join(' ', aside.Select(r => r[0]))} --reason killed", token) == 0)
        {
            SetAside += aside.Count;
        }

        return aside.Count == 0;
    }

    private async Task<bool> ReloadAsync(CancellationToken token)
    {
        string[] targets;
        lock (_restored)
        {
            targets = [.. _restored];
        }

        var done = true;
        foreach (var target in targets)
        {
            // The ledger first: what it calls loaded by now has its receipt by then, unless the receipt was lost.
            var loaded = await stand.RowsAsync(
                "queue",
                $"""
                SELECT load_id::text, dataset, EXISTS (SELECT FROM etl_loader.load AS n WHERE (n.target, n.dataset) = (l.target, l.dataset) AND n.sequence > l.sequence)
                  FROM etl_loader.load AS l WHERE target = '{target}' AND status = 'loaded' ORDER BY sequence
                """,
                token);
            var receipts = (await Receipts.ReadAsync(stand, target, token)).Select(r => r.Load).ToHashSet();

            // A ledger that was restored since has forgotten the reload; `doctor` shows the load again then.
            var lost = loaded.Where(l => !receipts.Contains((string)l[0]!) && !(_reloaded.Contains((string)l[0]!) && (bool)l[2]!)).ToList();
            if (lost.Count == 0)
            {
                continue;
            }

            done = false;
            foreach (var load in lost)
            {
                producer.CountTrigger(target, (string)load[1]!);
            }

            if (await stand.VerbAsync($"reload {string.Join(' ', lost.Select(l => l[0]))} --reason restored", token) == 0)
            {
                _reloaded.UnionWith(lost.Select(l => (string)l[0]!));
            }
        }

        return done;
    }

    /// <summary>A faulty file whose failure a restored ledger has forgotten: its marker is all that reports it.</summary>
    private async Task<bool> TriggerAsync(CancellationToken token)
    {
        if (!_queueRestored)
        {
            return true;
        }

        var known = (await stand.RowsAsync("queue", "SELECT target, dataset FROM etl_loader.load WHERE dataset LIKE 'bad-%'", token))
            .Select(r => ((string)r[0]!, (string)r[1]!)).ToHashSet();
        var done = true;
        foreach (var (target, file) in producer.Triggers.Keys.Where(k => k.File.StartsWith("bad-", StringComparison.Ordinal) && !known.Contains(k)))
        {
            if (File.Exists(Path.Combine(stand.Inbox(target), file + ".failed")))
            {
                await producer.TriggerAgainAsync(producer.Newest(target, file)!, token);
                done = false;
            }
        }

        return done;
    }
}
