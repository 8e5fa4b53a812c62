using System.Collections.Concurrent;
using System.Globalization;
using Etl.Loader.Chaos.Faults;
using Etl.Loader.Chaos.Installation;
using Etl.Loader.Chaos.Verdict;
using Etl.Loader.Chaos.Workload;
using Npgsql;

namespace Etl.Loader.Chaos;

/// <summary>One run: sets up, breaks things one after the other while loads go on, waits until all have an outcome, and judges.</summary>
internal sealed class Campaign(CampaignOptions options)
{
    private static readonly TimeSpan RecoveryLimit = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan SettleLimit = TimeSpan.FromMinutes(4);

    private readonly ConcurrentQueue<Finding> _findings = new();
    private readonly List<InjectedFault> _faults = [];

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    /// <summary>True when every promise held.</summary>
    public async Task<bool> RunAsync(CancellationToken token)
    {
        Say($"seed {options.Seed}, time-outs divided by {options.Factor.ToString(CultureInfo.InvariantCulture)}");
        var directory = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), $"etl-loader-chaos-{Environment.ProcessId}")).FullName;
        var held = false;
        try
        {
            await using var stand = new Stand(options, directory);
            held = await RunAsync(stand, token);
            return held;
        }
        finally
        {
            Tidy(directory, keepLogs: !held && !token.IsCancellationRequested);
        }
    }

    private async Task<bool> RunAsync(Stand stand, CancellationToken token)
    {
        await stand.StartAsync(token);
        Say($"PostgreSQL {stand.PostgresVersion}; disk full is {(stand.Disk is null ? "left out: mounting is not allowed here" : "injected by a small file system")}");
        var began = TimeProvider.System.GetTimestamp();
        var producer = new Producer(stand, options.Seed);
        var writers = new WriterLog(stand, _findings);
        var readers = new Readers(stand, producer, _findings);
        using var producing = CancellationTokenSource.CreateLinkedTokenSource(token);
        using var watching = CancellationTokenSource.CreateLinkedTokenSource(token);
        Task[] running = [];
        try
        {
            await writers.InstallAsync(token).WaitAsync(TimeSpan.FromMinutes(1), token);
            running = [producer.RunAsync(producing.Token), readers.RunAsync(watching.Token), writers.RunAsync(watching.Token)];
            await RecoverAsync(stand, new InjectedFault("start", Now, Now), token);
            await InjectAsync(stand, producer, token);
            await producing.CancelAsync();
            await running[0];
            await SettleAsync(stand, producer, token);
        }
        finally
        {
            await producing.CancelAsync();
            await watching.CancelAsync();
            await Task.WhenAll(running);
        }

        stand.Mend();
        if (!await stand.StopChildrenAsync(token))
        {
            _findings.Enqueue(new Finding(Harm.Other, "a process did not end after SIGTERM", Now));
        }

        foreach (var alone in stand.DiedAlone)
        {
            _findings.Enqueue(new Finding(Harm.Other, alone, Now));
        }

        var checker = new Checker(stand, producer, _findings);
        await checker.RunAsync(token);
        await writers.JudgeAsync(token);
        var report = new Report(options, stand, _faults, [.. _findings])
        {
            Length = TimeProvider.System.GetElapsedTime(began),
            Work = string.Create(
                CultureInfo.InvariantCulture,
                $"{checker.Loads} loads ({producer.Bytes / 1_000_000} MB delivered, {producer.Redelivered} files delivered again, {producer.Requeued} failed loads repaired and requeued), {checker.Rows} rows compared, {readers.Looks} looks by readers, {writers.Samples} looks for a second writer"),
        };
        Say(report.Text());
        if (options.Write)
        {
            await report.WriteAsync(token);
        }

        return report.Held;
    }

    private async Task InjectAsync(Stand stand, Producer producer, CancellationToken token)
    {
        var random = new Random(options.Seed);
        var all = new FaultKinds(stand, producer, options).All();
        var kinds = all.Where(k => options.Only.Count == 0 || options.Only.Any(o => k.Name.Contains(o, StringComparison.OrdinalIgnoreCase))).ToArray();
        var began = TimeProvider.System.GetTimestamp();
        while (_faults.Count < options.Faults)
        {
            // A bag at a time: every kind comes before one comes again.
            random.Shuffle(kinds);
            foreach (var kind in kinds)
            {
                if (_faults.Count >= options.Faults || TimeProvider.System.GetElapsedTime(began) > options.Length)
                {
                    return;
                }

                await Task.Delay(random.Next(200, 1500), token);
                await InjectAsync(stand, kind, new Random(random.Next()), token);
                stand.Mend();
            }
        }
    }

    private async Task InjectAsync(Stand stand, FaultKind kind, Random random, CancellationToken token)
    {
        var begun = Now;
        DateTimeOffset? recovers;
        try
        {
            recovers = await kind.Inject(random, token);
        }
        catch (Exception early) when (early is NpgsqlException or TimeoutException or IOException)
        {
            Say($"  {kind.Name}: not injected ({early.Message})");
            return;
        }

        if (recovers is not { } from)
        {
            Say($"  {kind.Name}: nothing to hit");
            return;
        }

        var fault = new InjectedFault(kind.Name, begun, from);
        _faults.Add(fault);
        await RecoverAsync(stand, fault, token);
        var took = fault.Recovery is { } time ? string.Create(CultureInfo.InvariantCulture, $"recovered in {time.TotalSeconds:f1} s") : "did not recover";
        Say($"{_faults.Count,4} {kind.Name}: {took}{(_findings.IsEmpty ? "" : $", {_findings.Count} findings so far")}");
    }

    /// <summary>Waits until both lanes have published another load since.</summary>
    private async Task RecoverAsync(Stand stand, InjectedFault fault, CancellationToken token)
    {
        while (Now - fault.RecoversFrom < RecoveryLimit)
        {
            try
            {
                var firsts = await stand.RowsAsync(
                    "queue",
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

        var state = await StateAsync(stand, token);
        _findings.Enqueue(new Finding(Harm.Other, $"{fault.Kind}: no load was published in each lane within {RecoveryLimit.TotalSeconds} s ({state})", Now));
    }

    private async Task SettleAsync(Stand stand, Producer producer, CancellationToken token)
    {
        Say("waiting until every load has an outcome");
        var began = TimeProvider.System.GetTimestamp();
        var calm = 0;
        while (calm < 3)
        {
            if (TimeProvider.System.GetElapsedTime(began) > SettleLimit)
            {
                _findings.Enqueue(new Finding(Harm.Other, $"not every load had an outcome after {SettleLimit} ({await StateAsync(stand, token)})", Now));
                return;
            }

            await Task.Delay(300, token);
            try
            {
                var done = await producer.RepairAsync(token)
                    && (long)(await stand.ScalarAsync("queue", "SELECT count(*) FROM etl_loader.load WHERE finished_at IS NULL", token))! == 0
                    && !new[] { Stand.Warehouse, Stand.Lake }.Any(t => Directory.EnumerateFiles(stand.Inbox(t))
                        .Any(f => f.Contains(".trigger", StringComparison.Ordinal) || f.EndsWith(".queued", StringComparison.Ordinal)));
                calm = done ? calm + 1 : 0;
            }
            catch (Exception away) when (away is NpgsqlException or TimeoutException or IOException)
            {
                calm = 0;
            }
        }
    }

    private static async Task<string> StateAsync(Stand stand, CancellationToken token)
    {
        try
        {
            var lanes = await stand.RowsAsync("queue", "SELECT target, holder, epoch, waits_for FROM etl_loader.lane_status", token);
            var open = await stand.RowsAsync(
                "queue", "SELECT target, dataset, status, stage, waits_for FROM etl_loader.load WHERE finished_at IS NULL ORDER BY sequence LIMIT 6", token);
            return string.Join("; ", lanes.Concat(open).Select(r => string.Join(' ', r.Select(v => v ?? "-"))));
        }
        catch (NpgsqlException away)
        {
            return away.Message;
        }
    }

    /// <summary>The databases go always; the logs and the inboxes stay where something is to be found out.</summary>
    private static void Tidy(string directory, bool keepLogs)
    {
        var cluster = Path.Combine(directory, "postgres");
        if (new DirectoryInfo(cluster).LinkTarget is { } elsewhere)
        {
            Directory.Delete(elsewhere, recursive: true);
        }

        if (keepLogs)
        {
            Say($"logs are in {directory}");
            return;
        }

        Directory.Delete(directory, recursive: true);
    }

    private static void Say(string text) => Console.WriteLine(text);
}
