using Etl.Loader.Chaos.Faults;
using Etl.Loader.Chaos.Installation;
using Etl.Loader.Chaos.Workload;
using Npgsql;

namespace Etl.Loader.Chaos.Verdict;

/// <summary>Waits for what must come on its own after a fault, within a limit.</summary>
internal sealed class Waiting(Stand stand, Operator people, Findings findings)
{
    private static readonly TimeSpan RecoveryLimit = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan SettleLimit = TimeSpan.FromMinutes(4);

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    /// <summary>Waits until both lanes have published another load since.</summary>
    public async Task RecoverAsync(InjectedFault fault, CancellationToken token)
    {
        await using var queue = new KeptSession(stand, "queue");
        while (Now - fault.RecoversFrom < RecoveryLimit)
        {
            try
            {
                var firsts = await queue.RowsAsync(
                    $"""
                    SELECT l.target, min(a.finished_at) FROM etl_loader.attempts AS a JOIN etl_loader.load AS l USING (load_id)
                     WHERE a.outcome = 'loaded' AND a.finished_at > '{fault.RecoversFrom:O}' GROUP BY 1
                    """,
                    token);
                if (firsts.Count == 2)
                {
                    fault.Recovery = firsts.Max(f => (DateTime)f[1]!) - fault.RecoversFrom.UtcDateTime;
                    return;
                }
            }
            catch (Exception away) when (away is NpgsqlException or TimeoutException or IOException)
            {
                // Not back yet.
            }

            await Task.Delay(50, token);
        }

        PrintLastLines();
        var state = await StateAsync(token);
        findings.Add(Harm.Other, $"{fault.Kind}: no load was published in each lane within {RecoveryLimit.TotalSeconds} s ({state})", Now);
    }

    /// <summary>Waits until nothing is on its way any more and people have nothing left to do.</summary>
    public async Task SettleAsync(CancellationToken token)
    {
        var began = TimeProvider.System.GetTimestamp();
        var calm = 0;
        while (calm < 3)
        {
            if (TimeProvider.System.GetElapsedTime(began) > SettleLimit)
            {
                PrintLastLines();
                findings.Add(Harm.Other, $"not every load had an outcome after {SettleLimit} ({await StateAsync(token)})", Now);
                return;
            }

            await Task.Delay(200, token);
            try
            {
                calm = await IsCalmAsync(token) && await people.RoundAsync(token) ? calm + 1 : 0;
            }
            catch (Exception away) when (away is System.Data.Common.DbException or TimeoutException or IOException)
            {
                calm = 0;
            }
        }
    }

    /// <summary>Nothing is on its way any more.</summary>
    public async Task<bool> IsCalmAsync(CancellationToken token) =>
        (long)(await stand.ScalarAsync("queue", "SELECT count(*) FROM etl_loader.load WHERE finished_at IS NULL", token))! == 0
        && !new[] { Stand.Warehouse, Stand.Lake }.Any(t => Directory.EnumerateFiles(stand.Inbox(t))
            .Any(f => f.Contains(".trigger", StringComparison.Ordinal) || f.EndsWith(".queued", StringComparison.Ordinal)));

    /// <summary>Of the processes that are in question, while they are: where the campaign runs, no one may be able to look at its logs afterwards.</summary>
    private void PrintLastLines()
    {
        foreach (var child in stand.Children.Where(c => !c.HasExited))
        {
            foreach (var line in child.LastLines)
            {
                Console.WriteLine($"  {child.Name} {child.ProcessId}: {line[..Math.Min(line.Length, 300)]}");
            }
        }
    }

    private async Task<string> StateAsync(CancellationToken token)
    {
        try
        {
            var lanes = await stand.RowsAsync("queue", "SELECT target, holder, epoch, waits_for FROM etl_loader.lane_status", token);
            var open = await stand.RowsAsync(
                "queue", "SELECT target, dataset, status, stage, waits_for FROM etl_loader.load WHERE finished_at IS NULL ORDER BY sequence LIMIT 6", token);
            var files = new[] { Stand.Warehouse, Stand.Lake }.SelectMany(t => Directory.EnumerateFiles(stand.Inbox(t)))
                .Where(f => f.Contains(".trigger", StringComparison.Ordinal) || f.EndsWith(".queued", StringComparison.Ordinal)).Take(6);
            return string.Join("; ", lanes.Concat(open).Select(r => string.Join(' ', r.Select(v => v ?? "-"))).Concat(files));
        }
        catch (NpgsqlException away)
        {
            return away.Message;
        }
    }
}
