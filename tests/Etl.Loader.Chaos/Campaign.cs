using System.Globalization;
using Etl.Loader.Chaos.Faults;
using Etl.Loader.Chaos.Installation;
using Etl.Loader.Chaos.Verdict;
using Etl.Loader.Chaos.Workload;
using Npgsql;

namespace Etl.Loader.Chaos;

/// <summary>
/// One run: sets up, breaks things one after the other while loads continue; after each round of faults waits until all loads have an outcome, and judges.
/// </summary>
internal sealed class Campaign(CampaignOptions options)
{
    private readonly Findings _findings = new();
    private readonly List<InjectedFault> _faults = [];
    private readonly long _began = TimeProvider.System.GetTimestamp();

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    /// <summary>True when every promise held.</summary>
    public async Task<bool> RunAsync(Stand stand, CancellationToken token)
    {
        Say($"PostgreSQL {stand.PostgresVersion}; disk full is {(stand.Disk is null ? "left out: mounting is not allowed here" : "injected by a small file system")}");
        var producer = new Producer(stand, options.Seeds[0]);
        var people = new Operator(stand, producer, _findings);
        var waiting = new Waiting(stand, people, _findings);
        var writers = new WriterLog(stand, _findings);
        var readers = new Readers(stand, producer, _findings);
        var checker = new Checker(stand, producer, people, _findings);
        FaultKind[] kinds = [.. new FaultKinds(stand, producer, people, writers, options).All().Where(IsWanted)];
        using var watching = CancellationTokenSource.CreateLinkedTokenSource(token);
        Task[] running = [];
        try
        {
            await writers.InstallAsync(token).WaitAsync(TimeSpan.FromMinutes(1), token);
            running = [readers.RunAsync(watching.Token), writers.RunAsync(watching.Token)];
            foreach (var round in Schedule(kinds).Chunk(options.Round))
            {
                if (TimeProvider.System.GetElapsedTime(_began) > options.Length)
                {
                    break;
                }

                await RoundAsync(stand, producer, people, waiting, round, token);
                await checker.RunAsync(token);
                await writers.JudgeAsync(token);
                producer.BeginGeneration();
                if (_faults.Count < options.Faults && TimeProvider.System.GetElapsedTime(_began) <= options.Length)
                {
                    await ReportAsync(stand, kinds, Work(), token);
                }
            }
        }
        finally
        {
            await watching.CancelAsync();
            await Task.WhenAll(running);
        }

        stand.Fix();
        if (!await stand.StopChildrenAsync(token))
        {
            _findings.Add(Harm.Other, "a process did not end after SIGTERM", Now);
        }

        await checker.RunAsync(token);
        return await ReportAsync(stand, kinds, Work(), token);

        string Work() => string.Create(
            CultureInfo.InvariantCulture,
            $"{checker.Loads} loads ({producer.Bytes / 1_000_000} MB delivered; {producer.Redelivered.Values.Sum()} names delivered again with other content, their former load queued {producer.Redelivered["queued"]} times, loading {producer.Redelivered["loading"]}, retrying {producer.Redelivered["retrying"]}; {stand.Resumes} loads resumed from a checkpoint; {people.Requeued} failed loads repaired and requeued, {people.RequeuedLate} of them after newer ones; {people.SetAside} requeued that were set aside because their loader was killed too often; {people.Reloaded} loads reloaded after a target was restored), {checker.Rows} rows compared, {readers.Looks} looks by readers, {writers.Samples} looks for a second writer");
    }

    /// <summary>The faults in their order: each seed its share, a bag at a time, so that every kind comes before one comes again.</summary>
    private IEnumerable<(FaultKind Kind, int Seed)> Schedule(FaultKind[] kinds)
    {
        foreach (var (index, seed) in options.Seeds.Index())
        {
            var random = new Random(seed);
            FaultKind[] bag = [.. kinds];
            var left = (options.Faults / options.Seeds.Count) + (index < options.Faults % options.Seeds.Count ? 1 : 0);
            while (left > 0)
            {
                random.Shuffle(bag);
                foreach (var kind in bag.Take(left))
                {
                    yield return (kind, random.Next());
                }

                left -= bag.Length;
            }
        }
    }

    private bool IsWanted(FaultKind kind) => options.Only.Count == 0 || options.Only.Any(o => kind.Name.Contains(o, StringComparison.OrdinalIgnoreCase));

    private async Task RoundAsync(
        Stand stand, Producer producer, Operator people, Waiting waiting, IReadOnlyList<(FaultKind Kind, int Seed)> faults, CancellationToken token)
    {
        using var working = CancellationTokenSource.CreateLinkedTokenSource(token);
        Task[] workload = [producer.RunAsync(working.Token), people.RunAsync(working.Token)];
        try
        {
            await waiting.RecoverAsync(new InjectedFault("start", Now, Now), token);
            foreach (var together in faults.Chunk(options.Together))
            {
                if (TimeProvider.System.GetElapsedTime(_began) > options.Length)
                {
                    break;
                }

                await BreakAsync(together, waiting, token);
                stand.Fix();
            }
        }
        finally
        {
            await working.CancelAsync();
            await Task.WhenAll(workload);
        }

        await waiting.SettleAsync(token);
    }

    /// <summary>Injects faults of different parts at the same time, those of one part one after the other, and waits for the recovery from all of them.</summary>
    private async Task BreakAsync(IEnumerable<(FaultKind Kind, int Seed)> together, Waiting waiting, CancellationToken token)
    {
        var injected = (await Task.WhenAll(together.GroupBy(t => t.Kind.Part).Select(part => InjectAsync(part, token))))
            .SelectMany(faults => faults).OrderBy(f => f.RecoversFrom).ToList();
        if (injected.Count == 0)
        {
            return;
        }

        _faults.AddRange(injected);
        var last = injected[^1];
        await waiting.RecoverAsync(last, token);
        foreach (var fault in injected)
        {
            fault.Recovery = last.RecoversFrom + last.Recovery - fault.RecoversFrom;
        }

        var took = last.Recovery is { } time ? string.Create(CultureInfo.InvariantCulture, $"recovered in {time.TotalSeconds:f1} s") : "did not recover";
        Say(string.Create(
            CultureInfo.InvariantCulture,
            $"{_faults.Count,4} {string.Join(" + ", injected.Select(f => f.Kind))}: {took}, {(Now - injected[0].Begun).TotalSeconds:f1} s in all{(_findings.Count == 0 ? "" : $", {_findings.Count} findings so far")}"));
    }

    private static async Task<List<InjectedFault>> InjectAsync(IEnumerable<(FaultKind Kind, int Seed)> faults, CancellationToken token)
    {
        var injected = new List<InjectedFault>();
        foreach (var (kind, seed) in faults)
        {
            if (await InjectAsync(kind, new Random(seed), token) is { } fault)
            {
                injected.Add(fault);
            }
        }

        return injected;
    }

    private static async Task<InjectedFault?> InjectAsync(FaultKind kind, Random random, CancellationToken token)
    {
        await Task.Delay(random.Next(0, 300), token);
        var begun = Now;
        try
        {
            if (await kind.Inject(random, token) is { } from)
            {
                return new InjectedFault(kind.Name, begun, from);
            }

            Say($"  {kind.Name}: nothing to hit");
        }
        catch (Exception early) when (early is NpgsqlException or TimeoutException or IOException)
        {
            Say($"  {kind.Name}: not injected ({early.Message})");
        }

        return null;
    }

    private async Task<bool> ReportAsync(Stand stand, IEnumerable<FaultKind> kinds, string work, CancellationToken token)
    {
        foreach (var alone in stand.DiedAlone)
        {
            _findings.Add(Harm.Other, alone, Now);
        }

        var report = new Report(options, stand, [.. kinds.Select(k => k.Name)], _faults, _findings.All) { Length = TimeProvider.System.GetElapsedTime(_began), Work = work };
        Say(report.Text());
        if (options.Write)
        {
            await report.WriteAsync(token);
        }

        return report.Held;
    }

    private static void Say(string text) => Console.WriteLine(text);
}
