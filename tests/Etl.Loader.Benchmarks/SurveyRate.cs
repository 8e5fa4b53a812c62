using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Etl.Loader.Survey;
using Etl.Loader.Survey.Delimited;

namespace Etl.Loader.Benchmarks;

/// <summary>
/// The survey alone: hash, dialect and the types of every value of a CSV file that is in memory. In a process of its own, which can be held to one
/// processor.
/// </summary>
internal static class SurveyRate
{
    /// <summary>The word by which the program does one such process's work: <c>survey-in-child PATH TIMES</c>.</summary>
    public const string InChild = "survey-in-child";

    public static async IAsyncEnumerable<Result> MeasureAsync(Settings settings, [EnumeratorCancellation] CancellationToken token)
    {
        var path = Path.Combine(Path.GetTempPath(), $"etl-loader-survey-{Environment.ProcessId}.csv");
        try
        {
            var file = new LineitemFile(settings.Rows);
            await file.WriteAsync(path, token);
            await PageCache.FillAsync(path, token);
            var executable = Environment.ProcessPath!;
            foreach (var (held, command, limit) in new[]
            {
                ("on one core", $"taskset -c 0 '{executable}'", Limit.AtLeast(500)),
                ("on all cores", $"'{executable}'", null),
            })
            {
                // One more than counted: in the first the code is still being compiled.
                var output = await Shell.RunAsync($"{command} {InChild} '{path}' {settings.Repeat + 1}", null, token);
                var runs = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1)
                    .Select(line => line.Split(' ').Select(n => double.Parse(n, CultureInfo.InvariantCulture)).ToArray())
                    .ToList();
                yield return new Figure($"survey of CSV {held}", [.. runs.Select(r => file.Length / 1e6 / r[0])], "0 'MB/s'", limit);
                yield return new Figure($"survey of CSV {held}: processor time for each GB", [.. runs.Select(r => r[1] / file.Length * 1e9)], "0.00 's'");
            }
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>Prints seconds and processor seconds of each survey.</summary>
    public static async Task<int> RunInChildAsync(string path, int times)
    {
        for (var i = 0; i < times; i++)
        {
            var processorBefore = Environment.CpuUsage.TotalTime;
            var began = Stopwatch.GetTimestamp();
            var request = new SurveyRequest { Files = [new SourceFile("lineitem.csv", path)] };
            await new DelimitedSurveyor().SurveyAsync(request, new Progress<long>(), CancellationToken.None);
            var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{seconds:R} {(Environment.CpuUsage.TotalTime - processorBefore).TotalSeconds:R}"));
        }

        return 0;
    }
}
