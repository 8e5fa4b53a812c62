using System.Data.Common;
using Etl.Loader.Chaos.Installation;
using Etl.Loader.Chaos.Workload;

namespace Etl.Loader.Chaos.Verdict;

/// <summary>Holds what is there, once every load has its outcome, against what the generator made: ledger, receipts, tables row by row, the inboxes' directories.</summary>
internal sealed class Checker(Stand stand, Producer producer, Operator people, Findings findings)
{
    private sealed record Load(string Id, string Target, string File, string Status, string Error, DateTimeOffset At);

    public int Loads { get; private set; }

    /// <summary>Compared so far, over all rounds.</summary>
    public long Rows { get; private set; }

    public async Task RunAsync(CancellationToken token)
    {
        var loads = (await stand.RowsAsync(
            "queue",
            "SELECT load_id::text, target, dataset, status, coalesce(error, ''), coalesce(finished_at, started_at, accepted_at) FROM etl_loader.load ORDER BY sequence",
            token)).ConvertAll(r => new Load((string)r[0]!, (string)r[1]!, (string)r[2]!, (string)r[3]!, (string)r[4]!, (DateTime)r[5]!));
        Loads = loads.Count;
        var superseding = new HashSet<(string Target, string File)>();
        foreach (var target in (string[])[Stand.Warehouse, Stand.Lake])
        {
            Rows += await Receipts.WithTargetAsync(
                stand, target, connection => TargetAsync(target, connection, [.. loads.Where(l => l.Target == target)], superseding, token), token);
        }

        Outcomes(loads, superseding);
        Directories(loads);
    }

    private async Task<long> TargetAsync(
        string target, DbConnection connection, List<Load> loads, HashSet<(string Target, string File)> mayBeSuperseded, CancellationToken token)
    {
        var receipts = await Receipts.ReadAsync(connection, token);
        CheckReceipts(target, receipts, loads);
        var rows = 0L;
        foreach (var (table, deliveries) in producer.Expected.Where(e => e.Key.Target == target).Select(e => (e.Key.Table, e.Value)))
        {
            var at = loads.LastOrDefault(l => deliveries.Any(d => d.File == l.File))?.At ?? null;
            var check = new TableCheck(target, table, at, delivery => States(delivery, loads), findings);
            if (deliveries[0].Story != Story.Ordered)
            {
                rows += await check.RunAsync(connection, deliveries, token);
                continue;
            }

            var standing = Standing([.. receipts.Where(r => r.Table == table)], out var replacedBy);
            mayBeSuperseded.UnionWith(deliveries.Where(d => d.File != replacedBy && replacedBy is not null).Select(d => (target, d.File)));
            rows += await check.RunAsync(connection, deliveries.FindAll(d => standing.Contains(d.File)), token);
        }

        return rows;
    }

    /// <summary>The files that make an ordered table, by its receipts: the newest replace and every append after it.</summary>
    private static HashSet<string> Standing(List<Receipt> receipts, out string? replacedBy)
    {
        var newest = receipts.FindLastIndex(r => !r.Append);
        replacedBy = newest < 0 ? null : receipts[newest].File;
        return [.. receipts.Skip(Math.Max(0, newest)).Select(r => r.File)];
    }

    private void CheckReceipts(string target, List<Receipt> receipts, List<Load> loads)
    {
        var proven = receipts.Select(r => r.Load).ToHashSet();
        foreach (var load in loads.Where(l => l.Status == "loaded" != proven.Contains(l.Id) && !people.LostReceipts.Contains(l.Id)))
        {
            Say(load.Status == "loaded" ? Harm.Lost : Harm.Other, $"{Name(load)} is {load.Status} and has {(load.Status == "loaded" ? "no" : "a")} receipt", load.At);
        }

        foreach (var stranger in receipts.ExceptBy(loads.Select(l => l.Id), r => r.Load))
        {
            Say(Harm.Lost, $"{target} has a receipt of load {stranger.Load} ({stranger.File}), which the ledger does not know", stranger.At);
        }

        foreach (var twice in receipts.GroupBy(r => r.Load).Where(g => g.Count() > 1))
        {
            Say(Harm.Doubled, $"{target} has {twice.Count()} receipts of load {twice.Key}", null);
        }
    }

    private void Outcomes(List<Load> loads, HashSet<(string Target, string File)> mayBeSuperseded)
    {
        foreach (var load in loads)
        {
            // A file that was delivered again before its load had read it to the end may fail by that; nothing else may.
            var key = (load.Target, load.File);
            var replaced = producer.Triggers.GetValueOrDefault(key) > 1;
            var fine = load.Status is "loaded"
                || (load.Status is "failed" && replaced && load.Error.Contains("changed", StringComparison.Ordinal))
                || (load.Status is "failed" && replaced && IsRepeat(load, loads))
                || (load.Status is "superseded" && (replaced || mayBeSuperseded.Contains(key)));
            if (!fine)
            {
                Say(Harm.Lost, $"{Name(load)} ended as {load.Status}: {load.Error}", load.At);
            }
        }

        foreach (var ((target, file), triggers) in producer.Triggers)
        {
            var count = loads.Count(l => l.Target == target && l.File == file);
            if (count == 0 || count > triggers)
            {
                Say(count == 0 ? Harm.Lost : Harm.Doubled, $"{target}/{file} was triggered {triggers} times and has {count} loads", null);
            }
        }
    }

    /// <summary>An append that was reloaded already, before the ledger was restored and forgot it: a second reload must be refused, naming the first.</summary>
    private static bool IsRepeat(Load load, List<Load> loads) => loads.Exists(l =>
        l.Status == "loaded" && (l.Target, l.File) == (load.Target, load.File) && load.Error.Contains("already has this content", StringComparison.Ordinal)
        && load.Error.Contains($"appended by load {l.Id}", StringComparison.Ordinal));

    private void Directories(List<Load> loads)
    {
        foreach (var target in (string[])[Stand.Warehouse, Stand.Lake])
        {
            var names = Directory.EnumerateFiles(stand.Inbox(target)).Select(f => Path.GetFileName(f)).ToHashSet();
            foreach (var left in names.Where(n => n.EndsWith(".queued", StringComparison.Ordinal) || n.Contains(".trigger", StringComparison.Ordinal)))
            {
                Say(Harm.Lost, $"{target}/{left} is left", null);
            }

            foreach (var file in producer.Triggers.Keys.Where(k => k.Target == target).Select(k => k.File))
            {
                var newest = loads.LastOrDefault(l => l.Target == target && l.File == file)?.Status;
                var marker = newest == "superseded" ? ".failed" : ".loaded";
                if (!names.Contains(file + marker))
                {
                    Say(Harm.Other, $"{target}/{file} has no {marker} beside it; its newest load is {newest}", null);
                }
            }
        }
    }

    private static string States(Delivery delivery, List<Load> loads) =>
        "loads of the file: " + string.Join(", ", loads.Where(l => l.File == delivery.File).Select(l => $"{l.Id} {l.Status}"));

    private static string Name(Load load) => $"load {load.Id} of {load.Target}/{load.File}";

    private void Say(Harm harm, string what, DateTimeOffset? at) => findings.Add(harm, what, at);
}
