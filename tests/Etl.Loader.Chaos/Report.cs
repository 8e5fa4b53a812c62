using System.Globalization;
using System.Text;
using Etl.Loader.Chaos.Faults;
using Etl.Loader.Chaos.Installation;
using Etl.Loader.Chaos.Verdict;

namespace Etl.Loader.Chaos;

/// <summary>What a run found, one line per kind of fault.</summary>
internal sealed class Report(
    CampaignOptions options, Stand stand, IReadOnlyList<string> kinds, IReadOnlyList<InjectedFault> faults, IReadOnlyList<Finding> findings)
{
    private const string Begin = "<!-- campaign -->";
    private const string End = "<!-- /campaign -->";
    private const string Unattributed = "(of no one fault)";

    public required TimeSpan Length { get; init; }

    public required string Work { get; init; }

    public bool Held => findings.Count == 0;

    public string Text()
    {
        var text = new StringBuilder();
        foreach (var finding in findings.Take(40))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"VIOLATION {finding.Harm}: {finding.What}");
        }

        var width = kinds.Append(Unattributed).Max(k => k.Length);
        text.AppendLine(CultureInfo.InvariantCulture, $"{"fault".PadRight(width)}  injected  lost  doubled  torn  overlapped  recovery s p50/p95/max");
        foreach (var line in Lines())
        {
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"{line.Kind.PadRight(width)}  {line.Injected,8}  {line.Harms[0],4}  {line.Harms[1],7}  {line.Harms[2],4}  {line.Harms[3],10}  {line.Recovery}");
        }

        text.AppendLine(CultureInfo.InvariantCulture, $"{Work}; {Length.TotalSeconds:f0} s, {Length.TotalSeconds / Math.Max(1, faults.Count):f1} s a fault; seed {options.SeedText}");
        text.Append(Held ? "every promise held" : $"{findings.Count} violations; repeat with --seed {options.SeedText}");
        return text.ToString();
    }

    /// <summary>Puts the table between the marks in docs/reliability.md, which must be there.</summary>
    public async Task WriteAsync(CancellationToken token)
    {
        var path = Find();
        var document = await File.ReadAllTextAsync(path, token);
        var (begin, end) = (document.IndexOf(Begin, StringComparison.Ordinal), document.IndexOf(End, StringComparison.Ordinal));
        await File.WriteAllTextAsync(path, $"{document[..(begin + Begin.Length)]}\n{Markdown()}{document[end..]}", token);
    }

    private string Markdown()
    {
        var text = new StringBuilder();
        text.Append("\n| fault | injected | lost | doubled | torn | overlapped | recovery, s: p50 / p95 / max |\n|---|--:|--:|--:|--:|--:|--:|\n");
        foreach (var line in Lines())
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"| {line.Kind} | {line.Injected} | {line.Harms[0]} | {line.Harms[1]} | {line.Harms[2]} | {line.Harms[3]} | {line.Recovery} |\n");
        }

        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1L << 30);
        var other = findings.Count(f => f.Harm == Harm.Other);
        text.Append(
            CultureInfo.InvariantCulture,
            $"""

            {Work}. {faults.Count} faults in {Length.TotalMinutes:f0} minutes, seeds {options.SeedText}, time-outs divided by {options.Factor}; {(other == 0 ? "no other finding" : $"{other} other findings")}.
            Machine: {Environment.ProcessorCount} cores (shared with other work), {memory} GiB of memory, Linux, PostgreSQL {stand.PostgresVersion}, .NET {Environment.Version}.


            """);
        return text.ToString();
    }

    private IEnumerable<(string Kind, int Injected, int[] Harms, string Recovery)> Lines()
    {
        var blamed = findings.ToLookup(f => faults.LastOrDefault(x => x.Begun <= f.At)?.Kind ?? Unattributed);
        foreach (var kind in kinds.Order(StringComparer.Ordinal))
        {
            var mine = faults.Where(f => f.Kind == kind).ToList();
            yield return (kind, mine.Count, Harms(blamed[kind]), Percentiles(mine));
        }

        if (blamed[Unattributed].Any())
        {
            yield return (Unattributed, 0, Harms(blamed[Unattributed]), "-");
        }

        yield return ("all", faults.Count, Harms(findings), Percentiles(faults));
    }

    private static int[] Harms(IEnumerable<Finding> some) =>
        [.. new[] { Harm.Lost, Harm.Doubled, Harm.Torn, Harm.Overlapped }.Select(h => some.Count(f => f.Harm == h))];

    private static string Percentiles(IReadOnlyList<InjectedFault> some)
    {
        var seconds = some.Select(f => f.Recovery?.TotalSeconds ?? double.PositiveInfinity).Order().ToArray();
        return seconds.Length == 0 ? "-" : $"{At(0.5)} / {At(0.95)} / {At(1)}";

        string At(double part) => seconds[Math.Min(seconds.Length - 1, (int)Math.Ceiling(part * seconds.Length) - 1)] is var value && double.IsFinite(value)
            ? value.ToString("f1", CultureInfo.InvariantCulture)
            : "never";
    }

    private static string Find()
    {
        for (var directory = new DirectoryInfo(Directory.GetCurrentDirectory()); directory is not null; directory = directory.Parent)
        {
            var path = Path.Combine(directory.FullName, "docs", "reliability.md");
            if (File.Exists(path))
            {
                return path;
            }
        }

        throw new FileNotFoundException("docs/reliability.md is not in this directory or one above.");
    }
}
