using Etl.Loader.Chaos.Installation;
using Etl.Loader.Chaos.Verdict;
using Etl.Loader.Chaos.Workload;

namespace Etl.Loader.Chaos;

/// <summary>
/// For each named SQL statement of the product: watcher, loader and verbs are started so that they die immediately before it, work is given to them until
/// one does, and it is started again. Then the promises must hold. The points are read from the product, so that a new statement is one of them at once.
/// </summary>
internal sealed class CrashLoop(CampaignOptions options)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly Findings _findings = new();

    /// <summary>True when every promise held.</summary>
    public async Task<bool> RunAsync(Stand stand, CancellationToken token)
    {
        var producer = new Producer(stand, options.Seeds[0]);
        var people = new Operator(stand, producer);
        var waiting = new Waiting(stand, people, _findings);
        var checker = new Checker(stand, producer, people, _findings);
        var (crashed, unreached) = (0, new List<string>());
        foreach (var point in Points())
        {
            var before = _findings.Count;
            var died = await CrashAsync(stand, producer, people, waiting, point, token);
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
            foreach (var finding in _findings.All.Skip(before))
            {
                Console.WriteLine($"  {finding.Harm}: {finding.What}");
            }
        }

        Console.WriteLine($"{crashed} points crashed at, {unreached.Count} not reached ({string.Join(", ", unreached)}); {_findings.Count} violations; {checker.Rows} rows compared");
        return _findings.Count == 0;
    }

    private IEnumerable<string> Points() => SqlText.List("")
        .Where(f => f.Contains("/Sql/", StringComparison.Ordinal))
        .SelectMany(f => SqlText.Load(f).Names.Select(name => CrashPoint.Name(f, name)))
        .Where(p => options.Only.Count == 0 || options.Only.Any(o => p.Contains(o, StringComparison.OrdinalIgnoreCase)));

    /// <summary>False when everything was done without anyone coming by the point.</summary>
    private static async Task<bool> CrashAsync(
        Stand stand, Producer producer, Operator people, Waiting waiting, string point, CancellationToken token)
    {
        var (before, began) = (stand.Crashes, TimeProvider.System.GetTimestamp());
        stand.CrashPoint = point;
        foreach (var child in stand.Children)
        {
            child.Kill();
            await child.EndsAsync(Patience, token);
        }

        stand.Mend();
        await producer.DeliverEachAsync(token);
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

        stand.CrashPoint = null;
        stand.Mend();
        return stand.Crashes > before;
    }
}
