using System.Diagnostics;
using System.Globalization;
using System.Text;
using Etl.Loader.Survey;
using Etl.Loader.Survey.Delimited;

namespace Etl.Loader.Benchmarks;

/// <summary>Rates of the whole way and of its first station, and what size costs in memory.</summary>
internal static class Throughput
{
    private const int SmallFiles = 1000;
    private const int SmallFileBytes = 10_000;

    public static async Task<IReadOnlyList<Figure>> SurveyAsync(Settings settings, CancellationToken token)
    {
        var path = Path.Combine(Path.GetTempPath(), $"etl-loader-survey-{Environment.ProcessId}.csv");
        try
        {
            await Lineitem.WriteAsync(path, settings.Rows, token);
            var rates = new List<double>();
            for (var i = 0; i < settings.Repeat; i++)
            {
                var began = Stopwatch.GetTimestamp();
                await new DelimitedSurveyor().SurveyAsync(new SurveyRequest { Files = [new SourceFile("lineitem.csv", path)] }, new Progress<long>(), token);
                rates.Add(new FileInfo(path).Length / 1e6 / Stopwatch.GetElapsedTime(began).TotalSeconds);
            }

            return [new("survey of CSV, hash and types of every value included", string.Create(CultureInfo.InvariantCulture, $"{Statistics.Median(rates):0} MB/s"), "≥ 500 MB/s")];
        }
        finally
        {
            File.Delete(path);
        }
    }

    public static async Task<IReadOnlyList<Figure>> SmallAsync(Settings settings, CancellationToken token)
    {
        await using var up = await Up.StartAsync(token);
        var files = Enumerable.Range(0, SmallFiles).Select(i => up.InboxPath("warehouse", $"small-{i:0000}.csv")).ToArray();
        foreach (var file in files)
        {
            await File.WriteAllTextAsync(file, Small(), token);
        }

        var began = Stopwatch.GetTimestamp();
        foreach (var file in files)
        {
            await File.WriteAllTextAsync(file + ".trigger", "", token);
        }

        foreach (var file in files)
        {
            await Up.WaitForMarkerAsync(file, token);
        }

        var rate = SmallFiles / Stopwatch.GetElapsedTime(began).TotalSeconds;
        await up.PsqlAsync("$psql -c 'CREATE SCHEMA compared'", token);
        var loop = await up.TimedPsqlAsync(
            $"for file in '{up.Ready.Inboxes["warehouse"]}'/small-00*.csv; do table=compared.$(basename $file .csv | tr - _); " +
            "$psql -c \"CREATE TABLE $table (id bigint, name text, amount numeric)\" -c \"\\copy $table FROM '$file' (FORMAT csv, HEADER)\"; done",
            token);
        return
        [
            new($"{SmallFiles} files of 10 kB, each its own table, trigger to receipt", string.Create(CultureInfo.InvariantCulture, $"{rate:0} loads/s"), "≥ 50 loads/s"),
            new(@"a shell loop of `psql -c '\copy'` over 100 of them", string.Create(CultureInfo.InvariantCulture, $"{100 / loop:0} files/s")),
        ];
    }

    public static async Task<IReadOnlyList<Figure>> MemoryAsync(Settings settings, CancellationToken token)
    {
        var figures = new List<Figure>();
        foreach (var (inbox, rows) in new[] { ("warehouse", settings.Rows / 10), ("warehouse", settings.Rows), ("lake", settings.Rows / 10), ("lake", settings.Rows) })
        {
            await using var up = await Up.StartAsync(token);
            await Lineitem.WriteAsync(up.InboxPath(inbox, "lineitem.csv"), rows, token);
            await up.LoadAsync(inbox, "lineitem.csv", token);
            var peak = ProcessFigures.PeakMegabytes(up.Ready.ProcessId);
            figures.Add(new(
                string.Create(CultureInfo.InvariantCulture, $"peak resident memory of `up`, {rows:#,0} rows into the {inbox}"),
                string.Create(CultureInfo.InvariantCulture, $"{peak:0} MB"),
                inbox == "lake" ? "≤ 768 MB" : "≤ 512 MB"));
        }

        return figures;
    }

    private static string Small()
    {
        var text = new StringBuilder("id,name,amount\n");
        for (var i = 0; text.Length < SmallFileBytes; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{i},customer number {i},{i}.50\n");
        }

        return text.ToString();
    }
}
