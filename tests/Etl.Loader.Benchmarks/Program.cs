using Etl.Loader.App;
using Etl.Loader.Benchmarks;

if (args is [SurveyRate.InChild, var path, var times])
{
    return await SurveyRate.RunInChildAsync(path, int.Parse(times, System.Globalization.CultureInfo.InvariantCulture));
}

if (args is ["--help"])
{
    Console.WriteLine(Settings.Usage);
    return 0;
}

if (Settings.Parse(args) is not { } settings)
{
    await Console.Error.WriteLineAsync(Settings.Usage);
    return 2;
}

using var stop = new StopSignals();
var report = new Report(await Machine.DescribeAsync(stop.Token), settings);

// Figures of --quick mean nothing, and most measurements wait more than they work: two at a time.
var sideBySide = new ParallelOptions { MaxDegreeOfParallelism = settings.Quick ? 2 : 1 };
await Parallel.ForEachAsync(Measurements.All.Where(m => settings.Chosen.Contains(m.Name)), sideBySide, async (measurement, _) =>
{
    if (stop.Token.IsCancellationRequested)
    {
        return;
    }

    await Console.Error.WriteLineAsync($"{measurement.Name} …");
    try
    {
        await foreach (var result in measurement.Measure(settings, stop.Token))
        {
            report.Add(measurement.Name, result);
        }
    }
    catch (Exception) when (stop.Token.IsCancellationRequested)
    {
        // What ran here was ended too, in whichever way it takes that.
    }
    catch (Exception fault)
    {
        // The other measurements have their own clusters and files.
        await Console.Error.WriteLineAsync(fault.ToString());
        report.Add(measurement.Name, new Failure("broke off", fault.Message));
    }
});

Console.WriteLine(report.ToMarkdown());
if (stop.Token.IsCancellationRequested)
{
    return 130;
}

if (settings.Write)
{
    var page = Path.Combine("docs", "benchmarks.md");
    report.Keep(await File.ReadAllTextAsync(page, stop.Token));
    await File.WriteAllTextAsync(page, report.ToMarkdown(), stop.Token);
}

return report.HasFailures ? 1 : 0;
