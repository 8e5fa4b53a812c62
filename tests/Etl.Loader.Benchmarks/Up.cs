using System.Diagnostics;
using Etl.Loader.IntegrationTests.EndToEnd;
using Npgsql;

namespace Etl.Loader.Benchmarks;

/// <summary>The executable running <c>up</c> in a temporary home; ended and removed at disposal.</summary>
internal sealed class Up : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(60);
    private Process? _process;

    private Up(string directory) => Directory = directory;

    /// <summary>Beside the home, on the same file system.</summary>
    public string Directory { get; }

    public Ready Ready { get; private set; } = null!;

    public static async Task<Up> StartAsync(CancellationToken token)
    {
        var path = Path.Combine(Path.GetTempPath(), $"etl-loader-bench-{Environment.ProcessId}-{Path.GetRandomFileName()[..8]}");
        var up = new Up(System.IO.Directory.CreateDirectory(path).FullName);
        await up.StartAgainAsync(token);
        return up;
    }

    public async Task StartAgainAsync(CancellationToken token)
    {
        var home = Path.Combine(Directory, "home");
        var executable = Path.Combine(AppContext.BaseDirectory, "etl-loader");
        _process = Process.Start(new ProcessStartInfo("/usr/bin/env", ["--default-signal=INT,TERM", executable, "up", "--home", home, "--port", "0", "--no-samples"])
        {
            RedirectStandardOutput = true,
        })!;
        _process.OutputDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        Ready = await Deadline.WaitAsync(
            () => _process.HasExited
                ? throw new InvalidOperationException($"up ended with {_process.ExitCode}.")
                : Task.FromResult(Ready.Read(Path.Combine(home, "ready.json")) is { } ready && ready.ProcessId == _process.Id ? ready : null),
            () => "up was not ready in time.",
            token: token);
    }

    public async Task StopAsync()
    {
        if (_process is not null)
        {
            Signals.Interrupt(_process.Id);
            await _process.WaitForExitAsync(CancellationToken.None);
            _process.Dispose();
            _process = null;
        }
    }

    public string InboxPath(string inbox, string file) => Path.Combine(Ready.Inboxes[inbox], file);

    /// <summary>Seconds from the trigger to the marker of the outcome.</summary>
    public async Task<double> LoadAsync(string inbox, string file, CancellationToken token)
    {
        var path = InboxPath(inbox, file);
        File.Delete(path + ".loaded");
        var began = Stopwatch.GetTimestamp();
        await File.WriteAllTextAsync(path + ".trigger", "", token);
        await WaitForMarkerAsync(path, token);
        return Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    public static async Task WaitForMarkerAsync(string path, CancellationToken token)
    {
        await Deadline.UntilAsync(() => File.Exists(path + ".loaded") || File.Exists(path + ".failed"), () => $"{path} has no outcome.", Patience, token);
        if (File.Exists(path + ".failed"))
        {
            throw new InvalidOperationException(await File.ReadAllTextAsync(path + ".failed", token));
        }
    }

    public Task<string> PsqlAsync(string script, CancellationToken token)
    {
        var warehouse = new NpgsqlConnectionStringBuilder(Ready.Warehouse);
        var environment = new Dictionary<string, string>
        {
            ["PGHOST"] = warehouse.Host!,
            ["PGPORT"] = warehouse.Port.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["PGUSER"] = warehouse.Username!,
            ["PGPASSWORD"] = warehouse.Password!,
            ["PGDATABASE"] = warehouse.Database!,
            ["psql"] = $"{Shell.Psql} -qX -v ON_ERROR_STOP=1",
        };
        return Shell.RunAsync(script, environment, token);
    }

    public async Task<double> TimedPsqlAsync(string script, CancellationToken token)
    {
        var began = Stopwatch.GetTimestamp();
        await PsqlAsync(script, token);
        return Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

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
        NpgsqlConnection.ClearAllPools();
        System.IO.Directory.Delete(Directory, recursive: true);
    }
}
