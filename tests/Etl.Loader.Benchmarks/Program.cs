using Etl.Loader.Benchmarks;

// Usage: bench [latency|idle|start|copy|gzip|parquet|duckdb|readers|small|memory|survey|all]… [--rows N] [--repeat N] [--write]
if (Settings.Parse(args) is not { } settings)
{
    await Console.Error.WriteLineAsync(Settings.Usage);
    return 2;
}

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};
var report = new Report(await Machine.DescribeAsync(stop.Token));
foreach (var (name, measure) in Measurements.All.Where(m => settings.Chosen.Contains(m.Name)))
{
    await Console.Error.WriteLineAsync($"{name} …");
    report.Add(name, await measure(settings, stop.Token));
}

Console.WriteLine(report.ToMarkdown());
if (settings.Write)
{
    await File.WriteAllTextAsync(Path.Combine("docs", "benchmarks.md"), report.ToMarkdown(), stop.Token);
}

return 0;
