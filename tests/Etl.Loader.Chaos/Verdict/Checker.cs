using System.Collections.Concurrent;
using DuckDB.NET.Data;
using Etl.Loader.Chaos.Installation;
using Etl.Loader.Chaos.Workload;
using Npgsql;

namespace Etl.Loader.Chaos.Verdict;

/// <summary>Holds what is there in the end against what the generator made: ledger, receipts, tables row by row, the inboxes' directories.</summary>
internal sealed class Checker(Stand stand, Producer producer, ConcurrentQueue<Finding> findings)
{
    private sealed record Load(string Id, string Target, string File, string Status, string Error, DateTimeOffset At);

    public int Loads { get; private set; }

    public long Rows { get; private set; }

    public async Task RunAsync(CancellationToken token)
    {
        var loads = (await stand.RowsAsync(
            "queue",
            "SELECT load_id::text, target, dataset, status, coalesce(error, ''), coalesce(finished_at, started_at, accepted_at) FROM etl_loader.load ORDER BY sequence",
            token)).ConvertAll(r => new Load((string)r[0]!, (string)r[1]!, (string)r[2]!, (string)r[3]!, (string)r[4]!, (DateTime)r[5]!));
        Loads = loads.Count;
        await using var lake = new DuckDBConnection($"DataSource={stand.LakeFile};ACCESS_MODE=READ_ONLY");
        lake.Open();
        await using var warehouse = await stand.OpenAsync(Stand.Warehouse, token);
        foreach (var (target, connection) in new (string, System.Data.Common.DbConnection)[] { (Stand.Warehouse, warehouse), (Stand.Lake, lake) })
        {
            await ReceiptsAsync(target, connection, [.. loads.Where(l => l.Target == target)], token);
            foreach (var (table, deliveries) in producer.Expected.Where(e => e.Key.Target == target).Select(e => (e.Key.Table, e.Value)))
            {
                await TableAsync(target, table, connection, deliveries, loads, token);
            }
        }

        Outcomes(loads);
        Directories(loads);
    }

    private async Task ReceiptsAsync(string target, System.Data.Common.DbConnection connection, List<Load> loads, CancellationToken token)
    {
        var receipts = new List<string>();
        await using (var command = connection.CreateCommand())
        {
            command.CommandText = "SELECT CAST(load_id AS varchar) FROM etl_loader.receipts";
            await using var reader = await command.ExecuteReaderAsync(token);
            while (await reader.ReadAsync(token))
            {
                receipts.Add(reader.GetString(0));
            }
        }

        foreach (var load in loads.Where(l => l.Status == "loaded" != receipts.Contains(l.Id)))
        {
            Say(load.Status == "loaded" ? Harm.Lost : Harm.Other, $"{Name(load)} is {load.Status} and has {(load.Status == "loaded" ? "no" : "a")} receipt", load.At);
        }

        foreach (var stranger in receipts.Except(loads.Select(l => l.Id)))
        {
            Say(Harm.Lost, $"{target} has a receipt of load {stranger}, which the ledger does not know", DateTimeOffset.MaxValue);
        }

        foreach (var twice in receipts.GroupBy(r => r).Where(g => g.Count() > 1))
        {
            Say(Harm.Doubled, $"{target} has {twice.Count()} receipts of load {twice.Key}", DateTimeOffset.MaxValue);
        }
    }

    private async Task TableAsync(
        string target, string table, System.Data.Common.DbConnection connection, List<Delivery> deliveries, List<Load> loads, CancellationToken token)
    {
        var at = loads.LastOrDefault(l => l.Target == target && deliveries.Any(d => d.File == l.File))?.At ?? DateTimeOffset.MaxValue;
        var expected = deliveries.SelectMany(d => Enumerable.Range(1, d.Rows).Select(row => (d, row))).GetEnumerator();
        await using var command = connection.CreateCommand();
        command.CommandText = $"SELECT delivery, row_no, row_count, payload FROM {table} ORDER BY delivery, row_no";
        try
        {
            await using var reader = await command.ExecuteReaderAsync(token);
            while (await reader.ReadAsync(token))
            {
                var (delivery, row) = (reader.GetInt64(0), reader.GetInt64(1));
                if (!expected.MoveNext())
                {
                    Say(Harm.Doubled, $"{target} table {table} has row {row} of delivery {delivery} after its last expected row", at);
                    return;
                }

                var (wanted, wantedRow) = expected.Current;
                if (delivery != wanted.Number || row != wantedRow || reader.GetInt64(2) != wanted.Rows || reader.GetString(3) != wanted.Payload(wantedRow))
                {
                    var before = delivery < wanted.Number || (delivery == wanted.Number && row < wantedRow);
                    Say(
                        before && deliveries.Any(d => d.Number == delivery) ? Harm.Doubled : Harm.Lost,
                        $"{target} table {table} has row {row} of delivery {delivery} where row {wantedRow} of delivery {wanted.Number} belongs ({States(target, wanted, loads)})",
                        at);
                    return;
                }

                Rows++;
            }
        }
        catch (System.Data.Common.DbException missing)
        {
            Say(Harm.Lost, $"{target} table {table} cannot be read: {missing.Message} ({States(target, deliveries[^1], loads)})", at);
            return;
        }

        if (expected.MoveNext())
        {
            Say(Harm.Lost, $"{target} table {table} lacks row {expected.Current.row} of delivery {expected.Current.d.Number} ({States(target, expected.Current.d, loads)})", at);
        }
    }

    private void Outcomes(List<Load> loads)
    {
        foreach (var load in loads)
        {
            // A file that was delivered again before its load had read it to the end may fail by that; nothing else may.
            var replaced = producer.Triggers.GetValueOrDefault((load.Target, load.File)) > 1;
            var fine = load.Status is "loaded"
                || (load.Status is "failed" && replaced && load.Error.Contains("changed", StringComparison.Ordinal))
                || (load.Status is "superseded" && replaced);
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
                Say(count == 0 ? Harm.Lost : Harm.Doubled, $"{target}/{file} was triggered {triggers} times and has {count} loads", DateTimeOffset.MaxValue);
            }
        }
    }

    private void Directories(List<Load> loads)
    {
        foreach (var target in (string[])[Stand.Warehouse, Stand.Lake])
        {
            var names = Directory.EnumerateFiles(stand.Inbox(target)).Select(f => Path.GetFileName(f)).ToHashSet();
            foreach (var left in names.Where(n => n.EndsWith(".queued", StringComparison.Ordinal) || n.Contains(".trigger", StringComparison.Ordinal)))
            {
                Say(Harm.Lost, $"{target}/{left} is left", DateTimeOffset.MaxValue);
            }

            foreach (var file in producer.Triggers.Keys.Where(k => k.Target == target).Select(k => k.File).Where(f => !names.Contains(f + ".loaded")))
            {
                Say(Harm.Other, $"{target}/{file} has no .loaded beside it; its newest load is {loads.LastOrDefault(l => l.Target == target && l.File == file)?.Status}", DateTimeOffset.MaxValue);
            }
        }
    }

    private static string States(string target, Delivery delivery, List<Load> loads) => "loads of the file: " + string.Join(
        ", ", loads.Where(l => l.Target == target && l.File == delivery.File).Select(l => $"{l.Id} {l.Status}"));

    private static string Name(Load load) => $"load {load.Id} of {load.Target}/{load.File}";

    private void Say(Harm harm, string what, DateTimeOffset at) => findings.Enqueue(new Finding(harm, what, at));
}
