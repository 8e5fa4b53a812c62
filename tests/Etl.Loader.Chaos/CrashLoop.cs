using System.Text.RegularExpressions;
using Etl.Loader.Chaos.Faults;
using Etl.Loader.Chaos.Installation;
using Etl.Loader.Chaos.Verdict;
using Etl.Loader.Chaos.Workload;

namespace Etl.Loader.Chaos;

/// <summary>
/// For each named SQL statement of the product that writes: watcher, loader and verbs are started so that they die immediately before it, work is given to
/// them until one does, and it is started again. Then the promises must hold. The points are read from the product, so that a new statement is one of them
/// at once. What a statement leaves is what the next one that writes finds: nothing that only reads is a point, unless asked for.
/// </summary>
internal sealed partial class CrashLoop(CampaignOptions options)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan AcceptPatience = TimeSpan.FromSeconds(10);

    private readonly Findings _findings = new();

    /// <summary>True when every promise held.</summary>
    public async Task<bool> RunAsync(Stand stand, CancellationToken token)
    {
        var producer = new Producer(stand, options.Seeds[0]);
        var people = new Operator(stand, producer, _findings);
        var waiting = new Waiting(stand, people, _findings);
        var checker = new Checker(stand, producer, people, _findings);
        var (crashed, unreached) = (0, new List<string>());
        var reported = new HashSet<Finding>();
        await BothLanesHeldAsync(stand, token);
        await using var receiver = new Receiver();
        stand.Settings.NotifyOf(receiver.Address);
        foreach (var point in Points().OrderByDescending(IsSetUp))
        {
            var before = _findings.Count;
            var died = IsSetUp(point)
                ? await SetUpAsync(stand, point, token)
                : await CrashAsync(stand, producer, people, waiting, point, token);
            await waiting.SettleAsync(token);
            await checker.RunAsync(token);
            foreach (var alone in stand.DiedAlone)
            {
                _findings.Add(Harm.Other, alone, null);
            }

            crashed += died ? 1 : 0;
            if (!died)
            {
                unreached.Add(point);
            }

            Console.WriteLine($"{point}: {(died ? "died" : "not reached")}, {(_findings.Count == before ? "every promise held" : "VIOLATED")}");
            Report();
        }

        await CheckNotificationsAsync(stand, receiver, token);
        Report();
        Console.WriteLine($"{crashed} points crashed at, {unreached.Count} not reached ({string.Join(", ", unreached)}); {_findings.Count} violations; {checker.Rows} rows compared");
        return _findings.Count == 0;

        void Report()
        {
            foreach (var finding in _findings.All.Where(reported.Add))
            {
                Console.WriteLine($"  {finding.Harm}: {finding.What}");
            }
        }
    }

    private IEnumerable<string> Points() =>
        from file in SqlText.List("").Where(f => f.Contains("/Sql/", StringComparison.Ordinal))
        let text = SqlText.Load(file)
        from name in text.Names
        let point = CrashPoint.Name(file, name)
        where options.Only.Count == 0 ? Writes().IsMatch(text[name]) : options.Only.Any(o => point.Contains(o, StringComparison.OrdinalIgnoreCase))
        select point;

    [GeneratedRegex(@"^(?!\s*--).*\b(insert|update|delete|create|alter|drop|truncate|notify|lock|set|pg_notify|pg_terminate_backend|pg_(try_)?advisory\w*)\b", RegexOptions.IgnoreCase | RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Writes();

    private static async Task KillAsync(Stand stand, CancellationToken token)
    {
        foreach (var child in stand.Children)
        {
            child.Kill();
            await child.EndsAsync(Patience, token);
        }
    }

    /// <summary>No matter who died meanwhile: each load that was loaded is reported at least once.</summary>
    private async Task CheckNotificationsAsync(Stand stand, Receiver receiver, CancellationToken token)
    {
        var loaded = (await stand.RowsAsync("queue", "SELECT load_id::text FROM etl_loader.load WHERE status = 'loaded'", token)).ConvertAll(r => (string)r[0]!);
        var began = TimeProvider.System.GetTimestamp();
        while (loaded.Exists(load => !receiver.WasReportedLoaded(load)) && TimeProvider.System.GetElapsedTime(began) < Patience)
        {
            await Task.Delay(200, token);
        }

        foreach (var load in loaded.Where(load => !receiver.WasReportedLoaded(load)))
        {
            _findings.Add(Harm.Lost, $"nobody was told that load {load} was loaded", null);
        }
    }

    /// <summary>False when everything was done without anyone coming by the point.</summary>
    private static async Task<bool> CrashAsync(
        Stand stand, Producer producer, Operator people, Waiting waiting, string point, CancellationToken token)
    {
        var (before, began) = (stand.Crashes, TimeProvider.System.GetTimestamp());
        stand.CrashPoint = point;
        await KillAsync(stand, token);
        stand.Fix();
        if (point.Contains("/actions.sql:", StringComparison.Ordinal))
        {
            await UseVerbsAsync(stand, producer, token);
        }

        await producer.DeliverEachAsync(token);
        if (point.EndsWith(":set_kills", StringComparison.Ordinal) && await Sessions.FindAsync(stand, Sessions.Copy, new Random(1), token) is not null)
        {
            // Looked at by the attempt after one whose process died.
            await KillAsync(stand, token);
            stand.Fix();
        }

        while (stand.Crashes == before && TimeProvider.System.GetElapsedTime(began) < Patience)
        {
            await Task.Delay(100, token);
            try
            {
                if (stand.Children.Any(c => c.HasExited) || (await people.RoundAsync(token) && await waiting.IsCalmAsync(token)))
                {
                    break;
                }
            }
            catch (Exception busy) when (busy is System.Data.Common.DbException or IOException or TimeoutException)
            {
                // Asked again.
            }
        }

        if (stand.Crashes == before && stand.Children.All(c => !c.HasExited))
        {
            // Some come by it only when they end in order.
            foreach (var child in stand.Children)
            {
                child.Terminate();
            }

            foreach (var child in stand.Children)
            {
                await child.EndsAsync(Patience, token);
            }
        }

        stand.CrashPoint = null;
        stand.Fix();
        await PutRightAsync(stand, token);
        return stand.Crashes > before;
    }

    /// <summary>What people do besides: they pause a lane, cancel what waits in it, reload what was loaded. Each may die of it.</summary>
    private static async Task UseVerbsAsync(Stand stand, Producer producer, CancellationToken token)
    {
        await stand.VerbAsync($"pause {Stand.Lake}", token);
        var delivery = await producer.DeliverSmallAsync(Stand.Lake, token);
        var began = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(began) < AcceptPatience && !stand.Children.Any(c => c.HasExited))
        {
            var waiting = await stand.ScalarAsync(
                "queue", $"SELECT load_id::text FROM etl_loader.load WHERE target = '{Stand.Lake}' AND dataset = '{delivery.File}' AND status = 'queued'", token);
            if (waiting is not null)
            {
                await stand.VerbAsync($"cancel {waiting}", token);
                break;
            }

            await Task.Delay(50, token);
        }

        var loaded = await stand.ScalarAsync(
            "queue", $"SELECT max(load_id::text) FROM etl_loader.load WHERE target = '{Stand.Lake}' AND dataset = '{delivery.File}' AND status = 'loaded'", token);
        if (loaded is not null)
        {
            producer.CountTrigger(Stand.Lake, delivery.File);
            await stand.VerbAsync($"reload {loaded} --reason again", token);
        }

        await stand.VerbAsync($"resume {Stand.Lake}", token);
    }

    /// <summary>A verb that died did nothing, or all: people say it again.</summary>
    private static async Task PutRightAsync(Stand stand, CancellationToken token)
    {
        if (await stand.ScalarAsync("queue", $"SELECT 1 FROM etl_loader.lane_status WHERE target = '{Stand.Lake}' AND paused_at IS NOT NULL", token) is not null)
        {
            await stand.VerbAsync($"resume {Stand.Lake}", token);
        }

        foreach (var cancelled in await stand.RowsAsync("queue", "SELECT load_id::text FROM etl_loader.load WHERE status = 'cancelled'", token))
        {
            await stand.VerbAsync($"requeue {cancelled[0]} --reason again", token);
        }
    }
}
