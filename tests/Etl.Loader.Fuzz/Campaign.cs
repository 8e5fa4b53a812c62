using Etl.Loader.Fuzz.Generation;
using Etl.Loader.Fuzz.Verdict;

namespace Etl.Loader.Fuzz;

/// <summary>Makes one file after the other, tries each, and keeps those that did not end as they were meant, made small.</summary>
internal sealed class Campaign(FuzzOptions options, Action<string> say)
{
    /// <summary>A shrunk file says enough; the rest of the time is better spent on other files.</summary>
    private const int MostShrinkings = 400;

    private const int FilesBetweenWords = 5_000;

    public Tally Tally { get; } = new();

    public List<string> Findings { get; } = [];

    public Refusals Refusals { get; } = new();

    public async Task RunAsync(CancellationToken token)
    {
        var directory = Directory.CreateTempSubdirectory("etl-loader-fuzz-");
        try
        {
            var trial = new Trial(directory.FullName);
            await using var databases = options.Every > 0 ? await Databases.StartAsync(directory.FullName, token) : null;
            for (var number = options.Only ?? 0; number < (options.Only + 1 ?? options.Files); number++)
            {
                token.ThrowIfCancellationRequested();
                var made = Mix.Case(options.Seed, number);
                var outcome = await TryAsync(trial, made, token);
                if (outcome.Ending == Ending.Right && databases is not null && (options.Only is not null || number % options.Every == 0))
                {
                    await BothAsync(databases, made, number, token);
                }

                Tally.Add(made.Kind, outcome);
                Refusals.Add(made.Kind, number, outcome);
                if (outcome.Ending == Ending.Wrong)
                {
                    await KeepAsync(number, made, outcome, smaller => TryAsync(trial, smaller, token), token);
                }

                if ((number + 1) % FilesBetweenWords == 0)
                {
                    say($"{number + 1} files, {Findings.Count} findings");
                }
            }
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private async Task BothAsync(Databases databases, IFuzzCase made, long number, CancellationToken token)
    {
        foreach (var (name, load) in databases.Targets)
        {
            var loaded = await WithinDeadlineAsync(() => load(made.Render(), token));
            Tally.Add($"into {name}", loaded);
            if (loaded.Ending == Ending.Wrong)
            {
                await KeepAsync(number, made, loaded with { What = $"into {name}: {loaded.What}" }, smaller => WithinDeadlineAsync(() => load(smaller.Render(), token)), token);
            }
        }
    }

    private Task<Outcome> TryAsync(Trial trial, IFuzzCase made, CancellationToken token) => WithinDeadlineAsync(() => trial.RunAsync(made.Render(), token));

    private async Task<Outcome> WithinDeadlineAsync(Func<Task<Outcome>> run)
    {
        try
        {
            return await Task.Run(run).WaitAsync(options.Deadline);
        }
        catch (TimeoutException)
        {
            return Outcome.Wrong($"hangs: no end after {options.Deadline.TotalSeconds} s");
        }
    }

    private async Task KeepAsync(long number, IFuzzCase made, Outcome outcome, Func<IFuzzCase, Task<Outcome>> again, CancellationToken token)
    {
        var (small, what) = await ShrinkAsync(made, outcome, again, token);
        var folder = Path.Combine(options.Findings, $"seed-{options.Seed}-file-{number}");
        Directory.CreateDirectory(folder);
        var dataset = small.Render();
        foreach (var file in dataset.Files)
        {
            await File.WriteAllBytesAsync(Path.Combine(folder, file.Name), file.Bytes, token);
        }

        var finding = $"seed {options.Seed} file {number} ({made.Kind}): {what.What}";
        var repeat = $"infra/fuzz --seed {options.Seed} --file {number}{(options.Every > 0 ? " --database" : "")}";
        await File.WriteAllTextAsync(
            Path.Combine(folder, "finding.txt"),
            $"{finding}\nas made: {outcome.What}\nrepeat: {repeat}\ndialect: {dataset.Dialect}\nragged: {dataset.Ragged}, types as text: {dataset.TypesAsText}, schema: {string.Join(", ", dataset.Schema)}\nsizes: {dataset.Scan} {dataset.Json}\n",
            token);
        Findings.Add(finding);
        say($"WRONG {finding.ReplaceLineEndings(" ")[..Math.Min(finding.ReplaceLineEndings(" ").Length, 600)]}\n  kept in {folder}");
    }

    /// <summary>Takes the first smaller case that is wrong too, and resumes from it.</summary>
    private static async Task<(IFuzzCase Case, Outcome Outcome)> ShrinkAsync(IFuzzCase made, Outcome outcome, Func<IFuzzCase, Task<Outcome>> again, CancellationToken token)
    {
        var (small, what, tries) = (made, outcome, 0);
        for (var found = !outcome.What.StartsWith("hangs", StringComparison.Ordinal); found;)
        {
            found = false;
            foreach (var smaller in small.Smaller())
            {
                token.ThrowIfCancellationRequested();
                if (++tries > MostShrinkings)
                {
                    return (small, what);
                }

                if (await again(smaller) is { Ending: Ending.Wrong } still)
                {
                    (small, what, found) = (smaller, still, true);
                    break;
                }
            }
        }

        return (small, what);
    }
}
