using System.Diagnostics;
using System.Globalization;
using DuckDB.NET.Data;
using Etl.Loader.Ledger;
using Etl.Loader.Survey;
using Etl.Loader.Targets;
using Etl.Loader.Targets.DuckDb;
using Etl.Loader.Targets.DuckDb.Staging;

namespace Etl.Loader.Benchmarks;

/// <summary>How much of the time a DuckDB file can be read by other processes while loads come one after the other, and what would give them more.</summary>
internal static class ReaderAccess
{
    private const int Deliveries = 4;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private static readonly TableName Staging = new("main", "staging");

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(Settings settings, CancellationToken token) =>
        [.. await TriesAsync(settings, token), .. await WaysAsync(settings, token)];

    /// <summary>Loads back to back, while this process tries to open the file twenty times a second.</summary>
    private static async Task<IReadOnlyList<Figure>> TriesAsync(Settings settings, CancellationToken token)
    {
        await using var up = await Up.StartAsync(token);
        var files = Enumerable.Range(0, Deliveries).Select(i => up.InboxPath("lake", $"lineitem-{i}.csv")).ToArray();
        await Lineitem.WriteAsync(files[0], settings.Rows, token);
        foreach (var copy in files.Skip(1))
        {
            File.Copy(files[0], copy);
        }

        var began = Stopwatch.GetTimestamp();
        var loads = DeliverAsync(files, token);
        var (tries, opened, last, longest) = (0, 0, began, TimeSpan.Zero);
        while (!loads.IsCompleted)
        {
            tries++;
            if (CanRead(up.Ready.Lake))
            {
                opened++;
                last = Stopwatch.GetTimestamp();
            }

            longest = TimeSpan.FromTicks(Math.Max(longest.Ticks, Stopwatch.GetElapsedTime(last).Ticks));
            await Task.Delay(Pause, token);
        }

        await loads;
        var what = string.Create(CultureInfo.InvariantCulture, $"{Deliveries} files of {settings.Rows:#,0} rows into DuckDB, one after the other");
        return
        [
            new($"{what}: time for all", Seconds(Stopwatch.GetElapsedTime(began))),
            new($"{what}: another process could open the file", string.Create(CultureInfo.InvariantCulture, $"{100.0 * opened / tries:0} % of {tries} tries")),
            new($"{what}: longest time that it could not", Seconds(longest)),
        ];
    }

    private static async Task DeliverAsync(string[] files, CancellationToken token)
    {
        foreach (var file in files)
        {
            await File.WriteAllTextAsync(file + ".trigger", "", token);
        }

        foreach (var file in files)
        {
            await Up.WaitForMarkerAsync(file, token);
        }
    }

    private static bool CanRead(string path)
    {
        try
        {
            Run(path, "access_mode=READ_ONLY", "SELECT count(*) FROM duckdb_tables()");
            return true;
        }
        catch (DuckDBException)
        {
            return false;
        }
    }

    /// <summary>The same rows staged in the file itself, and staged in a second file and copied: how long the file is open, and how long all takes.</summary>
    private static async Task<IReadOnlyList<Figure>> WaysAsync(Settings settings, CancellationToken token)
    {
        var directory = Directory.CreateTempSubdirectory("etl-loader-readers-").FullName;
        try
        {
            var path = Path.Combine(directory, "lineitem.csv");
            await Lineitem.WriteAsync(path, settings.Rows, token);
            var request = await RequestAsync(path, token);
            var (inside, open, all) = (new List<double>(), new List<double>(), new List<double>());
            for (var i = 0; i < settings.Repeat; i++)
            {
                inside.Add(StageInside(directory, request, path));
                var beside = StageBeside(directory, request, path);
                open.Add(beside.Open);
                all.Add(beside.All);
            }

            var rows = settings.Rows.ToString("#,0", CultureInfo.InvariantCulture);
            return
            [
                new($"{rows} rows staged in the DuckDB file: it is open", Seconds(inside), $"{Seconds(inside)} in all"),
                new($"{rows} rows staged in a second file and copied: the file is open", Seconds(open), $"{Seconds(all)} in all"),
            ];
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task<StageRequest> RequestAsync(string path, CancellationToken token)
    {
        var file = new SourceFile("lineitem.csv", path);
        var survey = await Surveyor.OfAllFormats().SurveyAsync(new SurveyRequest { Files = [file] }, new Progress<long>(), token);
        return new StageRequest
        {
            Load = LoadId.New(TimeProvider.System),
            Epoch = 1,
            Table = new TableName("main", "lineitem"),
            Mode = LoadMode.Replace,
            Columns = [.. survey.Columns.Select((c, i) => new TargetColumn(i, c.Name, c.Name, c.Type))],
            Survey = survey,
            Reader = null!,
            RejectsMax = 0,
        };
    }

    private static double StageInside(string directory, StageRequest request, string csv)
    {
        var main = Path.Combine(directory, "inside.duckdb");
        var began = Stopwatch.GetTimestamp();
        Run(main, Options(), "BEGIN", Create(request), NativeDelimited.Insert(request, Staging, csv), "COMMIT");
        Run(main, Options(), "BEGIN", "DROP TABLE IF EXISTS lineitem", "ALTER TABLE staging RENAME TO lineitem", "COMMIT", "CHECKPOINT");
        return Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    private static (double Open, double All) StageBeside(string directory, StageRequest request, string csv)
    {
        var (main, beside) = (Path.Combine(directory, "main.duckdb"), Path.Combine(directory, "beside.duckdb"));
        File.Delete(beside);
        var began = Stopwatch.GetTimestamp();
        Run(beside, Options(), "BEGIN", Create(request), NativeDelimited.Insert(request, Staging, csv), "COMMIT");
        var opened = Stopwatch.GetTimestamp();
        Run(
            main,
            Options(),
            $"ATTACH {DuckDbNames.Literal(beside)} AS beside (READ_ONLY)",
            "BEGIN",
            "DROP TABLE IF EXISTS lineitem",
            "CREATE TABLE lineitem AS SELECT * FROM beside.main.staging",
            "COMMIT",
            "CHECKPOINT");
        return (Stopwatch.GetElapsedTime(opened).TotalSeconds, Stopwatch.GetElapsedTime(began).TotalSeconds);
    }

    private static string Create(StageRequest request) =>
        $"CREATE TABLE staging ({string.Join(", ", request.Columns.Select(c => $"{DuckDbNames.Quote(c.Name)} {DuckDbTypes.Declare(c.Type)}"))})";

    private static string Options() =>
        string.Create(CultureInfo.InvariantCulture, $"memory_limit={new TargetOptions().MemoryLimit};threads={Environment.ProcessorCount}");

    private static void Run(string path, string options, params string[] statements)
    {
        using var connection = new DuckDBConnection($"DataSource={path};{options}");
        connection.Open();
        using var command = connection.CreateCommand();
        foreach (var statement in statements)
        {
#pragma warning disable CA2100 // Constant texts of a measurement, with the paths of its own files.
            command.CommandText = statement;
#pragma warning restore CA2100
            command.ExecuteNonQuery();
        }
    }

    private static string Seconds(IEnumerable<double> seconds) => Seconds(TimeSpan.FromSeconds(Statistics.Median(seconds)));

    private static string Seconds(TimeSpan span) => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.0} s");
}
