using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace Etl.Loader.Benchmarks.Reporting;

/// <summary>All results of a run as one Markdown page.</summary>
internal sealed class Report(string machine, Settings settings)
{
    private readonly ConcurrentQueue<(string Measurement, Result Result)> _results = [];
    private readonly List<(string Section, string Measurement, string Line)> _kept = [];

    public bool HasFailures => _results.Any(r => r.Result is Failure);

    /// <summary>May be called by several measurements at once.</summary>
    public void Add(string measurement, Result result) => _results.Enqueue((measurement, result));

    /// <summary>Takes over the lines of an earlier page whose measurements are not of this run.</summary>
    public void Keep(string page)
    {
        var section = "";
        foreach (var line in page.Split('\n'))
        {
            if (line.StartsWith("## ", StringComparison.Ordinal))
            {
                section = line[3..];
            }
            else if (line.StartsWith("| ", StringComparison.Ordinal) && line[2..].Split(" | ")[0] is var name && Order(name) >= 0 && !settings.Chosen.Contains(name))
            {
                _kept.Add((section, name, line));
            }
        }
    }

    public string ToMarkdown()
    {
        var text = new StringBuilder("# Benchmarks\n\n");
        var gigabytes = new LineitemFile(settings.Rows).Length / 1e9;
        text.Append(CultureInfo.InvariantCulture, $"Measured by `infra/bench`: {settings.Rows:#,0} rows of lineitem shape, {gigabytes:0.00} GB of CSV, ")
            .Append("unless a line says otherwise; the median where there are several values, with the smallest and the largest in brackets. ")
            .Append("Measurements may be of different runs. Our time runs from the trigger to the `.loaded` file: watching, survey, checks, `ANALYZE`, publish and receipt are in it.\n\n")
            .Append(machine).Append('\n');
        Section(
            text,
            "Side by side",
            "Ours and theirs in turn (A B A B), same file, same machine; the ratio is taken in each pair.",
            "| measurement | what | our load | against | its time | times as fast | target | |\n|---|---|---|---|---|---|---|---|\n",
            _results.Where(r => r.Result is Comparison),
            r => Line((Comparison)r));
        Section(
            text,
            "By itself",
            null,
            "| measurement | what | value | target | |\n|---|---|---|---|---|\n",
            _results.Where(r => r.Result is not Comparison),
            Line);
        var there = _kept.Select(k => k.Measurement).Concat(_results.Select(r => r.Measurement)).ToHashSet();
        var missing = string.Join(", ", Measurements.All.Select(m => m.Name).Where(name => !there.Contains(name)));
        return missing.Length == 0 ? text.ToString() : text.Append(CultureInfo.InvariantCulture, $"\nNot measured here: {missing}.\n").ToString();
    }

    private static int Order(string measurement) => Measurements.All.Index().FirstOrDefault(m => m.Item.Name == measurement, (-1, default)).Index;

    private void Section(
        StringBuilder text, string title, string? lead, string head, IEnumerable<(string Measurement, Result Result)> results, Func<Result, string[]> cells)
    {
        var lines = _kept.Where(k => k.Section == title).Select(k => (k.Measurement, k.Line))
            .Concat(results.Select(r => (r.Measurement, Line: "| " + string.Join(" | ", new[] { r.Measurement, r.Result.What }.Concat(cells(r.Result)).Select(Cell)) + " |")))
            .OrderBy(l => Order(l.Measurement))
            .ToList();
        if (lines.Count == 0)
        {
            return;
        }

        text.Append(null, $"\n## {title}\n\n").Append(lead is null ? "" : lead + "\n\n").Append(head);
        foreach (var (_, line) in lines)
        {
            text.Append(line).Append('\n');
        }
    }

    private static string[] Line(Result result) => result switch
    {
        Figure figure => [Text(figure.Samples, figure.Format), .. Judge(figure.Limit, figure.Samples, figure.Format)],
        Remark remark => [remark.Text, "", ""],
        NotMeasured missing => [$"not measured: {missing.Why}", "", ""],
        Failure failure => [$"**failed**: {failure.Error}", "", ""],
        _ => throw new ArgumentException($"{result.GetType().Name} has no line.", nameof(result)),
    };

    private static string[] Line(Comparison pair) =>
    [
        Text(pair.Ours, "0.0 's'"), pair.Peer, Text(pair.Theirs, "0.0 's'"), Text(pair.TimesAsFast, "0.00"), .. Judge(pair.Limit, pair.TimesAsFast, "0.0#"),
    ];

    private static string[] Judge(Limit? limit, IReadOnlyList<double> samples, string format) => limit is null
        ? ["", ""]
        : [limit.Text ?? (limit.Least ? "≥ " : "≤ ") + Number(limit.Bound, format), limit.IsMetBy(Statistics.Median(samples)) ? "met" : "not met"];

    private static string Text(IReadOnlyList<double> samples, string format) => samples.Count == 1
        ? Number(samples[0], format)
        : $"{Number(Statistics.Median(samples), format)} ({Number(samples.Min(), format)} … {Number(samples.Max(), format)})";

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    /// <summary>A bar would end the cell, also within a code span; so would a line end.</summary>
    private static string Cell(string text) => text.ReplaceLineEndings(" ").Replace("|", "\\|", StringComparison.Ordinal);
}
