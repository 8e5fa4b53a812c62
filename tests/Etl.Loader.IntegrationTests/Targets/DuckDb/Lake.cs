using System.Globalization;
using DuckDB.NET.Data;
using Etl.Loader.Ledger;
using Etl.Loader.Loads;
using Etl.Loader.Survey;
using Etl.Loader.Targets;
using Etl.Loader.Targets.DuckDb;
using Microsoft.Extensions.Logging;
using DuckDbSettings = Etl.Loader.Targets.DuckDb.Settings;
using DuckDbTarget = Etl.Loader.Targets.DuckDb.Target;

namespace Etl.Loader.IntegrationTests.Targets.DuckDb;

/// <summary>A DuckDB target on a file of its own in a directory that goes with the test.</summary>
internal sealed class Lake : IAsyncDisposable
{
    private readonly string? _root;
    private long _sequence;

    private Lake(string directory, string name, Guid installation, string? root, Func<DuckDbSettings, DuckDbSettings>? with = null)
    {
        Directory = directory;
        Installation = installation;
        _root = root;
        Target = new DuckDbTarget(
            name,
            new TargetOptions { Kind = TargetKind.DuckDb, Path = File },
            TimeProvider.System,
            Said,
            with is null ? Usual : with(Usual));
    }

    private static DuckDbSettings Usual { get; } = new()
    {
        MemoryLimit = "512MB",
        Threads = 2,
        LockPatience = TimeSpan.FromMilliseconds(100),
        ReaderWindow = TimeSpan.Zero,
    };

    public static CancellationToken Token => TestContext.Current?.CancellationToken ?? CancellationToken.None;

    public string Directory { get; }

    public string File => Path.Combine(Directory, "lake.duckdb");

    public Guid Installation { get; }

    public DuckDbTarget Target { get; }

    public long Epoch { get; private set; }

    public LoggedLines Said { get; } = new();

    /// <summary>A target whose lane no one has taken.</summary>
    public static Lake Create(string subdirectory = "", Func<DuckDbSettings, DuckDbSettings>? with = null)
    {
        var root = System.IO.Directory.CreateTempSubdirectory("etl-loader-lake-").FullName;
        return new Lake(System.IO.Directory.CreateDirectory(Path.Combine(root, subdirectory)).FullName, "lake", Guid.CreateVersion7(), root, with);
    }

    public static async Task<Lake> CreateAsync(string subdirectory = "")
    {
        var lake = Create(subdirectory);
        await lake.TakeAsync();
        return lake;
    }

    /// <summary>For another process: a target on the file in a directory that belongs to the test, under one installation for all of them.</summary>
    public static Lake Open(string directory) => new(directory, "lake", new Guid("019350c0-0000-7000-8000-000000000001"), null);

    public async Task TakeAsync() => Epoch = await Target.TakeLaneAsync(new LaneClaim(Installation, "here:1"), Token);

    /// <summary>Another process' view of the same file, as far as one process can have it.</summary>
    public Lake Another(string name = "lake", Guid? installation = null) => new(Directory, name, installation ?? Installation, null);

    public TestDataset Csv((string Name, ColumnType Type)[] columns, string?[][] rows, string name = "orders.csv") =>
        TestDataset.Csv(Path.Combine(Directory, "inbox"), name, columns, rows);

    public async Task<PublishOutcome> LoadAsync(
        TestDataset dataset,
        TableName? table = null,
        LoadMode mode = LoadMode.Replace,
        LoadId? load = null,
        long? sequence = null,
        string name = "orders.csv",
        bool adopt = false,
        bool named = false,
        bool again = false,
        long rejectsMax = 0)
    {
        var request = dataset.Request(Epoch, table, load, mode, rejectsMax);
        await using var staged = await Target.StageAsync(request, new Progress<StageProgress>(), Token);
        return await staged.PublishAsync(Publish(request, staged, sequence, name, adopt, named, again), Token);
    }

    /// <summary>A file by the whole way of a load: surveyed, planned on top of the table as it is, staged and published as <c>orders</c>.</summary>
    public async Task<PublishOutcome> LoadFileAsync(string path)
    {
        var file = new SourceFile(Path.GetFileName(path), path);
        var surveyor = Surveyor.OfAllFormats();
        var survey = await surveyor.SurveyAsync(new SurveyRequest { Files = [file] }, new Progress<long>(), Token);
        var table = new TableName(Target.DefaultSchema, "orders");
        var spec = new LoadSpec { Inbox = "lake", Dataset = file.Name, Target = Target.Name, TableName = table.Name, Files = [] };
        var columns = ColumnPlan.Make(spec, survey, await Target.FindTableAsync(table, Token), Target);
        var request = new StageRequest
        {
            Load = LoadId.New(TimeProvider.System),
            Epoch = Epoch,
            Table = table,
            Mode = LoadMode.Replace,
            Columns = columns,
            Survey = survey,
            Reader = surveyor.CreateReader(survey, [file], [.. columns.Select(c => c.Type)]),
            RejectsMax = 0,
        };
        await using var staged = await Target.StageAsync(request, new Progress<StageProgress>(), Token);
        return await staged.PublishAsync(Publish(request, staged, name: file.Name), Token);
    }

    public PublishRequest Publish(
        StageRequest request, IStagedLoad staged, long? sequence = null, string name = "orders.csv", bool adopt = false, bool named = false, bool again = false)
    {
        var now = DateTimeOffset.Parse("2026-01-02T03:04:05.123456Z", CultureInfo.InvariantCulture);
        return new PublishRequest
        {
            Receipt = new LoadReceipt
            {
                LoadId = request.Load,
                Inbox = "lake",
                Dataset = name,
                TableName = request.Table.ToString(),
                Mode = request.Mode == LoadMode.Replace ? "replace" : "append",
                RowsLoaded = staged.RowsLoaded,
                RowsRejected = staged.RowsRejected,
                Bytes = request.Survey.Bytes,
                Sha256 = request.Survey.Sha256,
                Sequence = sequence ?? ++_sequence,
                AcceptedAt = now,
                StartedAt = now,
                PublishedAt = now,
                Details = "{}",
            },
            Adopt = adopt,
            TableNamed = named,
            Again = again,
        };
    }

    /// <summary>Every row, every value as DuckDB writes it, null as null.</summary>
    public IReadOnlyList<string?[]> Query(string sql)
    {
        using var connection = new DuckDBConnection("DataSource=" + File);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql.StartsWith("SELECT", StringComparison.Ordinal) ? $"SET TimeZone = 'UTC'; SELECT CAST(COLUMNS(*) AS VARCHAR) FROM ({sql})" : sql;
        using var reader = command.ExecuteReader();
        var rows = new List<string?[]>();
        while (reader.Read())
        {
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? null : reader.GetString(i))]);
        }

        return rows;
    }

    public void Execute(string sql)
    {
        using var connection = new DuckDBConnection("DataSource=" + File);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public async ValueTask DisposeAsync()
    {
        await Target.DisposeAsync();
        if (_root is not null)
        {
            System.IO.Directory.Delete(_root, recursive: true);
        }
    }
}
