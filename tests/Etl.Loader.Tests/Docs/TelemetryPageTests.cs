using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using Etl.Loader.Telemetry;
using Microsoft.Extensions.Logging.Abstractions;

namespace Etl.Loader.Tests.Docs;

/// <summary>The metrics and spans that the operators' page lists are those that there are, with kind and unit.</summary>
public partial class TelemetryPageTests
{
    private static readonly string Page = Repository.Page("docs/monitoring.md");

    [Fact]
    public void The_page_lists_the_instruments_with_kind_and_unit()
    {
        var there = new List<string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name == LoaderMeter.Name)
                {
                    there.Add($"{instrument.Name} {Kind(instrument)} {instrument.Unit}");
                }
            },
        };
        LoaderMeter.LoadPublished("page", 0, 0, 0);
        using var reading = new FigureReading(new NoFigures(), null, TimeProvider.System, NullLogger<FigureReading>.Instance);
        using var gauges = new FigureGauges(reading);
        listener.Start();

        var listed = Metric().Matches(Repository.Section(Page, "Metrics")).Select(m => $"{m.Groups[1]} {m.Groups[2]} {m.Groups[3]}");

        // Another test may have gauges of its own at this moment.
        Assert.Equal(listed.Order(StringComparer.Ordinal), there.Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_page_lists_the_spans() => Assert.Equal(
        ["accept", "attempt", "survey", "stage", "publish"], Span().Matches(Repository.Section(Page, "Traces")).Select(m => m.Groups[1].Value));

    private static string Kind(Instrument instrument) => instrument.GetType().Name switch
    {
        var name when name.StartsWith("Counter", StringComparison.Ordinal) => "counter",
        var name when name.StartsWith("Histogram", StringComparison.Ordinal) => "histogram",
        _ => "gauge",
    };

    [GeneratedRegex(@"^\| `(etl_loader\.[a-z_.]+)` \| (\w+) \| ([^ ]+) \|", RegexOptions.Multiline)]
    private static partial Regex Metric();

    [GeneratedRegex(@"^\| `([a-z]+)` \|", RegexOptions.Multiline)]
    private static partial Regex Span();

    private sealed class NoFigures : IReadFigures
    {
        public Task<Figures> ReadAsync(CancellationToken token) => Task.FromResult(Figures.None);
    }
}
