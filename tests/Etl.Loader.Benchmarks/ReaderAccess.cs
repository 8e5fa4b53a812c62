using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using DuckDB.NET.Data;
using Etl.Loader.Ledger;
using Etl.Loader.Survey;
using Etl.Loader.Targets;
using Etl.Loader.Targets.DuckDb;
using DuckDbIdentifiers = Etl.Loader.Targets.DuckDb.Identifiers;
using DuckDbTypes = Etl.Loader.Targets.DuckDb.Types;

namespace Etl.Loader.Benchmarks;

/// <summary>How much of the time a DuckDB file can be read by other processes while loads come one after the other, and what would give them more.</summary>
internal static class ReaderAccess
{
    private const int Deliveries = 4;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    public static async IAsyncEnumerable<Result> MeasureAsync(Settings settings, [EnumeratorCancellation] CancellationToken token)
    {
        foreach (var figure in await TriesAsync(settings, token))
        {
            yield return figure;
        }

        foreach (var figure in await WaysAsync(settings, token))
        {
            yield return figure;
        }
    }

    /// <summary>Loads back to back, while this process tries to open the file twenty times a second.</summary>
    private static async Task<IReadOnlyList<Figure>> TriesAsync(Settings settings, CancellationToken token)
    {
        await using var up = await Up.StartAsync(token);
        var files = Enumerable.Range(0, Deliveries).Select(i => up.InboxPath("lake", $"lineitem-{i}.csv")).ToArray();
        await new LineitemFile(settings.Rows).WriteAsync(files[0], token);
        foreach (var copy in files.Skip(1))
        {
            File.Copy(files[0], copy);
        }

        var began = Stopwatch.GetTimestamp();
        var loads = DeliverAsync(up, files, token);
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
            new($"{what}: time for all", Stopwatch.GetElapsedTime(began).TotalSeconds, "0.0 's'"),
            new($"{what}: tries of another process to open the file that succeeded", 100.0 * opened / tries, "0 '%'"),
            new($"{what}: longest time that it could not", longest.TotalSeconds, "0.0 's'"),
        ];
    }

    private static async Task DeliverAsync(Up up, string[] files, CancellationToken token)
    {
        foreach (var file in files)
        {
            await File.WriteAllTextAsync(file + ".trigger", "", token);
        }

        foreach (var file in files)
        {
            await up.WaitForMarkerAsync(file, token);
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
            await new LineitemFile(settings.Rows).WriteAsync(path, token);
            var request = await RequestAsync(path, token);
            var (stageInside, stageBeside, copy) = (new List<Cost>(), new List<Cost>(), new List<Cost>());
            for (var i = 0; i < settings.Repeat; i++)
            {
                var (main, beside) = (Path.Combine(directory, $"main-{i}.duckdb"), Path.Combine(directory, $"beside-{i}.duckdb"));
                stageInside.Add(Timed(() => StageInside(main, request, path)));
                stageBeside.Add(Timed(() => Stage(beside, request, path)));
                copy.Add(Timed(() => Copy(beside, main)));
            }

            var rows = settings.Rows.ToString("#,0", CultureInfo.InvariantCulture);
            return
            [
                .. Costs($"{rows} rows staged in the DuckDB file itself, which is open all the time", stageInside),
                .. Costs($"{rows} rows staged in a second file, while the first is closed", stageBeside),
                .. Costs($"{rows} rows copied from the second file into the first, which is open for it", copy),
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

    private static void StageInside(string main, StageRequest request, string csv)
    {
        Stage(main, request, csv);
        Run(main, Options(), "BEGIN", "DROP TABLE IF EXISTS lineitem", "ALTER TABLE staging RENAME TO lineitem", "COMMIT", "CHECKPOINT");
    }

    private static void Stage(string path, StageRequest request, string csv) =>
        Run(path, Options(), "BEGIN", Create(request), $"INSERT INTO staging SELECT * FROM read_csv({DuckDbIdentifiers.Literal(csv)}, header = true)", "COMMIT");

    private static void Copy(string from, string to) => Run(
        to,
        Options(),
        $"ATTACH {DuckDbIdentifiers.Literal(from)} AS beside (READ_ONLY)",
        "BEGIN",
        "DROP TABLE IF EXISTS lineitem",
        "CREATE TABLE lineitem AS SELECT * FROM beside.main.staging",
        "COMMIT",
        "CHECKPOINT");

    private static string Create(StageRequest request) =>
        $"CREATE TABLE staging ({string.Join(", ", request.Columns.Select(c => $"{DuckDbIdentifiers.Quote(c.Name)} {DuckDbTypes.Declare(c.Type)}"))})";

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

    private static Cost Timed(Action work)
    {
        var (began, processor) = (Stopwatch.GetTimestamp(), ProcessFigures.ProcessorSeconds(Environment.ProcessId));
        work();
        return new Cost(Stopwatch.GetElapsedTime(began).TotalSeconds, ProcessFigures.ProcessorSeconds(Environment.ProcessId) - processor);
    }

    /// <summary>Processor time beside the clock's: it says the same on a busy machine.</summary>
    private static IEnumerable<Figure> Costs(string what, IReadOnlyList<Cost> costs) =>
    [
        new(what, Statistics.Median(costs.Select(c => c.Seconds)), "0.0 's'"),
        new($"{what}: processor time", Statistics.Median(costs.Select(c => c.ProcessorSeconds)), "0.0 's'"),
    ];

    private readonly record struct Cost(double Seconds, double ProcessorSeconds);
}
