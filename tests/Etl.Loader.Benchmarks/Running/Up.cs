using System.Collections.Concurrent;
using System.Diagnostics;
using Etl.Loader.IntegrationTests.EndToEnd;
using Npgsql;

namespace Etl.Loader.Benchmarks.Running;

/// <summary>The executable running <c>up</c> in a temporary home, with a private cluster; ended and removed at disposal.</summary>
internal sealed class Up : IAsyncDisposable
{
    private const int LinesKept = 20;
    private static readonly TimeSpan StartPatience = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Patience = TimeSpan.FromHours(2);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(3);
    private readonly ConcurrentQueue<string> _said = new();
    private Process? _process;

    private Up(string directory) => Directory = directory;

    /// <summary>Beside the home, on the same file system.</summary>
    public string Directory { get; }

    public Ready Ready { get; private set; } = null!;

    private string Home => Path.Combine(Directory, "home");

    public static async Task<Up> StartAsync(CancellationToken token)
    {
        var path = Path.Combine(Path.GetTempPath(), $"etl-loader-bench-{System.Environment.ProcessId}-{Path.GetRandomFileName()[..8]}");
        var up = new Up(System.IO.Directory.CreateDirectory(path).FullName);
        try
        {
            await up.StartAgainAsync(token);
            return up;
        }
        catch
        {
            await up.DisposeAsync();
            throw;
        }
    }

    /// <param name="settings">Over the defaults, named as configuration keys: <c>Loader:Targets:warehouse:Streams</c>.</param>
    public async Task RestartAsync(IReadOnlyDictionary<string, string> settings, CancellationToken token)
    {
        await StopAsync();
        await StartAgainAsync(token, settings);
    }

    public async Task StartAgainAsync(CancellationToken token, IReadOnlyDictionary<string, string>? settings = null)
    {
        _process = Process.Start(Command(settings))!;
        _process.OutputDataReceived += (_, said) => Keep(said.Data);
        _process.ErrorDataReceived += (_, said) => Keep(said.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        Ready = await Deadline.WaitAsync(
            () => _process.HasExited
                ? throw new InvalidOperationException($"up ended with {_process.ExitCode}: {Said}")
                : Task.FromResult(Ready.Read(Path.Combine(Home, "ready.json")) is { } ready && ready.ProcessId == _process.Id ? ready : null),
            () => $"up was not ready after {StartPatience}: {Said}",
            StartPatience,
            token);
    }

    public async Task StopAsync()
    {
        if (_process is not null)
        {
            Signals.Interrupt(_process.Id);
            await _process.WaitForExitAsync(CancellationToken.None);
            _process.Dispose();
            _process = null;

            // Connections to the server that was.
            NpgsqlConnection.ClearAllPools();
        }
    }

    /// <summary>As a fault does: <c>kill -9</c>. The private cluster stays and is taken up by the next start.</summary>
    public async Task KillAsync()
    {
        Signals.Kill(_process!.Id);
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
        _process = null;
    }

    /// <summary>Gives the private cluster a setting of its own, in force from the next start.</summary>
    public Task ConfigureClusterAsync(string lines, CancellationToken token) =>
        File.AppendAllTextAsync(Path.Combine(Home, "postgres", "data", "postgresql.conf"), lines, token);

    public string InboxPath(string inbox, string file) => Path.Combine(Ready.Inboxes[inbox], file);

    /// <summary>Seconds from the trigger to the marker of the outcome.</summary>
    /// <param name="manifest">What the trigger says; nothing: the table is named like the file.</param>
    public async Task<double> LoadAsync(string inbox, string file, CancellationToken token, string manifest = "")
    {
        var path = InboxPath(inbox, file);
        File.Delete(path + ".loaded");
        // Under its name only when it is whole, as a producer should: the clock starts at the rename.
        await File.WriteAllTextAsync(path + ".manifest", manifest, token);
        var began = Stopwatch.GetTimestamp();
        File.Move(path + ".manifest", path + ".trigger");
        await WaitForMarkerAsync(path, token);
        return Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    public async Task WaitForMarkerAsync(string path, CancellationToken token)
    {
        var began = Stopwatch.GetTimestamp();
        while (!File.Exists(path + ".loaded"))
        {
            if (File.Exists(path + ".failed"))
            {
                throw new InvalidOperationException(await File.ReadAllTextAsync(path + ".failed", token));
            }

            if (_process is null or { HasExited: true })
            {
                throw new InvalidOperationException($"up ended before {path} had an outcome: {Said}");
            }

            if (Stopwatch.GetElapsedTime(began) > Patience)
            {
                throw new TimeoutException($"{path} has no outcome after {Patience}: {Said}");
            }

            await Task.Delay(Look, token);
        }
    }

    /// <summary>In bash, with <c>$psql</c> speaking to the warehouse.</summary>
    public Task<string> PsqlAsync(string script, CancellationToken token) => Shell.RunAsync(script, Environment(), token);

    /// <inheritdoc cref="PsqlAsync"/>
    public Task<double> TimePsqlAsync(string script, CancellationToken token) => Shell.TimeAsync(script, Environment(), token);

    public async Task<List<double>> QueueNumbersAsync(string sql, CancellationToken token)
    {
        await using var connection = new NpgsqlConnection(Ready.Queue);
        await connection.OpenAsync(token);
#pragma warning disable CA2100 // Constant text of a measurement.
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        await using var reader = await command.ExecuteReaderAsync(token);
        var numbers = new List<double>();
        while (await reader.ReadAsync(token))
        {
            numbers.Add(reader.GetDouble(0));
        }

        return numbers;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();

        // Where the server's user cannot reach the home, the cluster lies elsewhere, with a link to it.
        if (new DirectoryInfo(Path.Combine(Home, "postgres")) is { LinkTarget: not null } link)
        {
            System.IO.Directory.Delete(link.ResolveLinkTarget(returnFinalTarget: true)!.FullName, recursive: true);
        }

        System.IO.Directory.Delete(Directory, recursive: true);
    }

    private string Said => string.Join('\n', _said);

    private ProcessStartInfo Command(IReadOnlyDictionary<string, string>? settings)
    {
        var executable = Path.Combine(Release.Unpacked ?? AppContext.BaseDirectory, "etl-loader");
        var start = new ProcessStartInfo("/usr/bin/env", ["--default-signal=INT,TERM", executable, "up", "--home", Home, "--port", "0", "--no-samples"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // A private cluster and the defaults, whatever the caller's own installation uses.
        foreach (var name in start.Environment.Keys.Where(IsOurs).ToList())
        {
            start.Environment.Remove(name);
        }

        foreach (var (key, value) in settings ?? new Dictionary<string, string>())
        {
            start.Environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
        }

        return start;
    }

    private Dictionary<string, string> Environment()
    {
        var warehouse = new NpgsqlConnectionStringBuilder(Ready.Warehouse);
        return new()
        {
            ["PGHOST"] = warehouse.Host!,
            ["PGPORT"] = warehouse.Port.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["PGUSER"] = warehouse.Username!,
            ["PGPASSWORD"] = warehouse.Password!,
            ["PGDATABASE"] = warehouse.Database!,
            ["psql"] = $"{Shell.Psql} -qXAt -v ON_ERROR_STOP=1",
        };
    }

    private static bool IsOurs(string variable) =>
        variable.StartsWith("ConnectionStrings__", StringComparison.OrdinalIgnoreCase) || variable.StartsWith("Loader__", StringComparison.OrdinalIgnoreCase);

    private void Keep(string? line)
    {
        if (line is not null)
        {
            _said.Enqueue(line);
            if (_said.Count > LinesKept)
            {
                _said.TryDequeue(out _);
            }
        }
    }
}
