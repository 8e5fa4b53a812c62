using System.Globalization;
using Etl.Loader.App.PrivatePostgres;
using Npgsql;

namespace Etl.Loader.Chaos.Installation;

/// <summary>
/// A whole installation on this machine: one PostgreSQL server with the queue and the warehouse, a DuckDB file, two inboxes, two watchers and two
/// loaders. Everything it starts it ends.
/// </summary>
internal sealed class Stand : IAsyncDisposable
{
    public const string Warehouse = "warehouse";
    public const string Lake = "lake";
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(60);

    private readonly CampaignOptions _options;
    private readonly PrivateServerOptions _serverOptions;
    private readonly List<Child> _children = [];
    private readonly Lock _changing = new();
    private readonly Lock _mending = new();
    private readonly List<DateTimeOffset> _loaderKills = [];
    private PrivateServer? _server;
    private Wire? _wire;
    private int _launched;

    public Stand(CampaignOptions options, string directory)
    {
        (_options, Directory) = (options, directory);
        _serverOptions = new PrivateServerOptions
        {
            Directory = Path.Combine(directory, "postgres"),
            PasswordFile = Path.Combine(directory, "pgpass"),
            StopPatience = TimeSpan.FromSeconds(2),
            ExtraSettings = new Dictionary<string, string>
            {
                // Processes are killed here, not machines: what the kernel has been given is safe.
                ["fsync"] = "off",
                ["full_page_writes"] = "off",
                ["shared_buffers"] = "128MB",
                ["max_wal_size"] = "1GB",
                ["max_connections"] = "100",
            },
        };
    }

    public string Directory { get; }

    /// <summary>Of what is started from now on.</summary>
    public ProductSettings Settings { get; } = new();

    public SmallDisk? Disk { get; private set; }

    public Wire Wire => _wire!;

    /// <summary>At most one opening of the DuckDB file by this process at a time: its lock is the process's.</summary>
    public SemaphoreSlim LakeTurn { get; } = new(1, 1);

    public string LakeFile => Path.Combine(Directory, "lake.duckdb");

    /// <summary>Loads that resumed from their checkpoints, by what the loaders wrote into their logs.</summary>
    public int Resumes => System.IO.Directory.EnumerateFiles(Directory, "serve-*.log")
        .Sum(log => File.ReadLines(log).Count(line => line.Contains(" resumes after ", StringComparison.Ordinal)));

    public string PostgresVersion { get; private set; } = "";

    /// <summary>Where processes that are started from now on die; null: nowhere.</summary>
    public string? CrashPoint { get; set; }

    /// <summary>As before the first start: empty databases, no DuckDB file. Nothing of the product may run.</summary>
    public async Task BeginAnewAsync(CancellationToken token)
    {
        foreach (var database in (string[])["queue", Warehouse])
        {
            await ExecuteAsync("postgres", $"DROP DATABASE {database} WITH (FORCE)", token);
            await ExecuteAsync("postgres", $"CREATE DATABASE {database}", token);
        }

        var inboxes = new[] { Warehouse, Lake }.SelectMany(t => System.IO.Directory.EnumerateFiles(Inbox(t), ".*"));
        foreach (var file in System.IO.Directory.EnumerateFiles(Directory, "lake.duckdb*").Concat(inboxes))
        {
            File.Delete(file);
        }
    }

    /// <summary>Processes that died at their crash point, as far as noticed.</summary>
    public int Crashes { get; private set; }

    /// <summary>When the campaign killed loaders.</summary>
    public IReadOnlyList<DateTimeOffset> LoaderKills
    {
        get
        {
            lock (_mending)
            {
                return [.. _loaderKills, .. Children.Where(c => c.Name == "serve").Select(c => c.KilledAt).OfType<DateTimeOffset>()];
            }
        }
    }

    /// <summary>What ended without having been asked to.</summary>
    public List<string> DiedAlone { get; } = [];

    public IReadOnlyList<Child> Children
    {
        get
        {
            lock (_changing)
            {
                return [.. _children];
            }
        }
    }

    public int PostmasterId => _server!.ProcessId;

    public string Inbox(string target) => Path.Combine(Directory, "inbox", target);

    public async Task StartAsync(CancellationToken token)
    {
        foreach (var target in (string[])[Warehouse, Lake])
        {
            System.IO.Directory.CreateDirectory(Inbox(target));
        }

        await StartServerAsync(token);
        await _server!.EnsureDatabaseAsync("queue", token);
        Disk = _options.OwnSizes ? null : SmallDisk.TryMount(Path.Combine(Directory, "disk"), _options.Faults);
        if (Disk is not null)
        {
            await ExecuteAsync("postgres", $"CREATE TABLESPACE small LOCATION '{Disk.Space}'", token);
        }

        await ExecuteAsync("postgres", $"CREATE DATABASE {Warehouse}{(Disk is null ? "" : " TABLESPACE small")}", token);
        PostgresVersion = (string)(await ScalarAsync("postgres", "SHOW server_version", token))!;
        _wire = new Wire(() => _server!.Port);
        Settings.Configure(_options, _server!.ConnectionString("queue"), WarehouseByWire(), LakeFile, Inbox);
        Fix();
    }

    public Child StartWatcher() => Start("watch", "watch");

    /// <param name="settings">Of this process alone: KEY=VALUE.</param>
    public Child StartLoader(params string[] settings) => Start("serve", string.Join(" --set ", settings.Prepend("serve --no-dashboard")));

    public IReadOnlyList<Child> Of(string role) => [.. Children.Where(c => c.Name == role && !c.HasExited)];

    public async Task StartServerAsync(CancellationToken token) => _server = await PrivateServer.StartAsync(_serverOptions, TimeProvider.System, token);

    public Task StopServerAsync(CancellationToken token) => _server!.StopAsync(token);

    public async Task WaitUntilServerIsGoneAsync(CancellationToken token)
    {
        while (_server!.IsRunning)
        {
            await Task.Delay(10, token);
        }
    }

    /// <summary>Straight to the server, without the wire.</summary>
    public string ConnectionString(string database) => _server!.ConnectionString(database) + ";Pooling=false;Timeout=10;Application Name=chaos";

    public async Task<NpgsqlConnection> OpenAsync(string database, CancellationToken token)
    {
        var connection = new NpgsqlConnection(ConnectionString(database));
        try
        {
            await connection.OpenAsync(token);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public async Task ExecuteAsync(string database, string sql, CancellationToken token)
    {
        await using var connection = await OpenAsync(database, token);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(token);
    }

    public async Task<object?> ScalarAsync(string database, string sql, CancellationToken token)
    {
        await using var connection = await OpenAsync(database, token);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(token) is { } value and not DBNull ? value : null;
    }

    public async Task<List<object?[]>> RowsAsync(string database, string sql, CancellationToken token)
    {
        await using var connection = await OpenAsync(database, token);
        return await RowsAsync(connection, sql, token);
    }

    public static async Task<List<object?[]>> RowsAsync(NpgsqlConnection connection, string sql, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(token);
        var rows = new List<object?[]>();
        while (await reader.ReadAsync(token))
        {
            var row = new object?[reader.FieldCount];
            for (var i = 0; i < row.Length; i++)
            {
                row[i] = reader.IsDBNull(i) ? null : reader.GetValue(i);
            }

            rows.Add(row);
        }

        return rows;
    }

    /// <summary>The loader that holds a lane, by what the ledger says; null when it is between hands, or the ledger is away.</summary>
    public async Task<Child?> HolderAsync(string target, CancellationToken token)
    {
        string? holder;
        try
        {
            holder = await ScalarAsync("queue", $"SELECT holder FROM etl_loader.lane_status WHERE target = '{target}'", token) as string;
        }
        catch (NpgsqlException)
        {
            return null;
        }

        var id = holder?.Split(':')[^1];
        return Of("serve").FirstOrDefault(c => c.ProcessId.ToString(CultureInfo.InvariantCulture) == id);
    }

    /// <summary>Runs a verb to its end; its exit code.</summary>
    public async Task<int> VerbAsync(string verb, CancellationToken token)
    {
        await using var child = Launch("verb", verb);
        await child.EndsAsync(TimeSpan.FromMinutes(1), token);
        Crashes += child.HasExited && child.DiedAtCrashPoint ? 1 : 0;
        return child.HasExited ? child.ExitCode : -1;
    }

    /// <summary>As many watchers and loaders run as shall: starts what is missing, notes what ended on its own.</summary>
    public void Fix()
    {
        Fix("watch");
        Fix("serve");
    }

    /// <summary>Of one role alone.</summary>
    public void Fix(string role)
    {
        lock (_mending)
        {
            Bury(role);
            while (Of(role).Count < _options.Processes)
            {
                if (role == "watch")
                {
                    StartWatcher();
                }
                else
                {
                    StartLoader();
                }
            }
        }
    }

    private void Bury(string role)
    {
        foreach (var child in Children.Where(c => c.Name == role && c.HasExited))
        {
            if (child.KilledAt is { } at && role == "serve")
            {
                _loaderKills.Add(at);
            }

            if (child.DiedAtCrashPoint)
            {
                Crashes++;
            }
            else if (!child.Expected)
            {
                DiedAlone.Add($"{child.Name} (process {child.ProcessId}) ended by itself with exit code {child.ExitCode}");
            }

            lock (_changing)
            {
                _children.Remove(child);
            }
        }
    }

    /// <summary>Ends all processes of the product in order. False for one that would not.</summary>
    public async Task<bool> StopChildrenAsync(CancellationToken token)
    {
        foreach (var child in Children)
        {
            child.Terminate();
        }

        var ended = true;
        foreach (var child in Children)
        {
            ended &= await child.EndsAsync(LongestEnd, token);
            await child.DisposeAsync();
            lock (_changing)
            {
                _children.Remove(child);
            }
        }

        return ended;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var child in Children)
        {
            await child.DisposeAsync();
        }

        if (_wire is not null)
        {
            await _wire.DisposeAsync();
        }

        NpgsqlConnection.ClearAllPools();
        if (_server is not null)
        {
            await _server.StopAsync(CancellationToken.None);
        }

        Disk?.Dispose();
        LakeTurn.Dispose();
    }

    private string WarehouseByWire() => new NpgsqlConnectionStringBuilder(_server!.ConnectionString(Warehouse)) { Port = Wire.Port }.ConnectionString;

    private Child Start(string name, string verb)
    {
        var child = Launch(name, verb);
        lock (_changing)
        {
            _children.Add(child);
        }

        return child;
    }

    private Child Launch(string name, string verb)
    {
        var product = _options.Old is { } old && Interlocked.Increment(ref _launched) <= 2 * _options.Processes ? old : _options.Product;
        return Child.Start(Path.Combine(product, "etl-loader"), name, verb, Settings.Environment, CrashPoint, Directory);
    }
}
