using System.Globalization;

namespace Etl.Loader.Fuzz;

/// <summary>The result of a run, for the terminal and for docs/reliability.md.</summary>
internal sealed class Report(FuzzOptions options, Campaign campaign, TimeSpan length)
{
    private const string Begin = "<!-- fuzz -->";
    private const string End = "<!-- /fuzz -->";

    public string Text() =>
        string.Create(CultureInfo.InvariantCulture, $"{campaign.Tally.Text()}seed {options.Seed}, {length.TotalSeconds:f0} s, peak memory {Peak} MB\n")
        + (campaign.Findings.Count == 0 ? "no finding" : $"{campaign.Findings.Count} findings, kept in {options.Findings}");

    /// <summary>Puts the table between the marks in docs/reliability.md, which must be there.</summary>
    public async Task WriteAsync(CancellationToken token)
    {
        var path = Path.GetFullPath(Path.Combine("docs", "reliability.md"));
        var document = await File.ReadAllTextAsync(path, token);
        var (begin, end) = (document.IndexOf(Begin, StringComparison.Ordinal), document.IndexOf(End, StringComparison.Ordinal));
        var machine = string.Create(
            CultureInfo.InvariantCulture,
            $"Seed {options.Seed}, {length.TotalMinutes:f0} minutes on one thread of {Environment.ProcessorCount} cores shared with other work, peak memory {Peak} MB, .NET {Environment.Version}; {campaign.Findings.Count} findings.");
        await File.WriteAllTextAsync(path, $"{document[..(begin + Begin.Length)]}\n\n{campaign.Tally.Markdown()}\n{machine}\n\n{document[end..]}", token);
    }

    private static long Peak
    {
        get
        {
            using var process = System.Diagnostics.Process.GetCurrentProcess();
            return process.PeakWorkingSet64 >> 20;
        }
    }
}
