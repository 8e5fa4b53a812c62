using System.Diagnostics;
using System.Globalization;
using Etl.Loader.App.PrivatePostgres;
using Npgsql;

namespace Etl.Loader.IntegrationTests.Support;

/// <summary>
/// A PostgreSQL server of a test's own, that it may stop, kill and start again. In a directory of its own, removed afterwards; not safe
/// against power cuts, which no test makes.
/// </summary>
public sealed class PrivateCluster : IAsyncDisposable
{
    private const string Prefix = "etl-loader-test-";
    private readonly string _directory;
    private readonly string? _programs;
    private PrivateServer _server;

    private PrivateCluster(string directory, string? programs, PrivateServer server) => (_directory, _programs, _server) = (directory, programs, server);

    /// <summary>Connection string of a superuser to the database <c>postgres</c>; the same after a restart.</summary>
    public string Administration => _server.ConnectionString("postgres");

    public int ProcessId => _server.ProcessId;

    public static Task<PrivateCluster> CreateAsync(CancellationToken token = default) => CreateAsync(null, token);

    /// <param name="programs">Directory of the server programs; null: those of the newest version that this machine has.</param>
    public static async Task<PrivateCluster> CreateAsync(string? programs, CancellationToken token)
    {
        await RemoveLeftoversAsync();
        var name = $"{Prefix}{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}-{Path.GetRandomFileName()[..8]}";
        var directory = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), name)).FullName;
        return new PrivateCluster(directory, programs, await PrivateServer.StartAsync(Options(directory, programs), TimeProvider.System, token));
    }

    /// <summary>What the server has reported so far: refused statements among it.</summary>
    public Task<string> ReadLogAsync(CancellationToken token) => File.ReadAllTextAsync(Path.Combine(_directory, "postgres", "log"), token);

    public string ConnectionString(string database) => _server.ConnectionString(database);

    public async Task<string> CreateDatabaseAsync(string name, CancellationToken token = default)
    {
        await _server.EnsureDatabaseAsync(name, token);
        return ConnectionString(name);
    }

    /// <summary>A clean stop: sessions are ended, connections refused from now on.</summary>
    public Task StopAsync(CancellationToken token = default) => _server.StopAsync(token);

    /// <summary>The server dies as in a crash.</summary>
    public async Task KillAsync(CancellationToken token = default)
    {
        using (var process = Process.GetProcessById(_server.ProcessId))
        {
            process.Kill();
        }

        while (_server.IsRunning)
        {
            await Task.Delay(10, token);
        }
    }

    /// <summary>Starts again on the same port with the same data.</summary>
    public async Task StartAsync(CancellationToken token = default) =>
        _server = await PrivateServer.StartAsync(Options(_directory, _programs), TimeProvider.System, token);

    public async Task RestartAsync(CancellationToken token = default)
    {
        await StopAsync(token);
        await StartAsync(token);
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        await _server.StopAsync();
        Remove(_directory);
    }

    private static PrivateServerOptions Options(string directory, string? programs) => new()
    {
        Programs = programs,
        Directory = Path.Combine(directory, "postgres"),
        PasswordFile = Path.Combine(directory, "pgpass"),
        StopPatience = TimeSpan.FromSeconds(2),
        ExtraSettings = new Dictionary<string, string>
        {
            ["fsync"] = "off",
            ["full_page_writes"] = "off",
            ["synchronous_commit"] = "off",
            ["shared_buffers"] = "64MB",
            ["max_wal_size"] = "1GB",
            ["max_connections"] = "200",

            // It would go round hundreds of databases that live for seconds: half a processor, all the time.
            ["autovacuum"] = "off",
        },
    };

    /// <summary>A test process that was killed leaves its server running: it goes when the next one starts.</summary>
    private static async Task RemoveLeftoversAsync()
    {
        foreach (var directory in Directory.EnumerateDirectories(Path.GetTempPath(), Prefix + "*"))
        {
            var owner = Path.GetFileName(directory)[Prefix.Length..].Split('-')[0];
            if (int.TryParse(owner, CultureInfo.InvariantCulture, out var pid) && !IsAlive(pid))
            {
                try
                {
                    var place = Path.Combine(directory, "postgres");
                    var root = new DirectoryInfo(place).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? place;
                    Postmaster.Find(Path.Combine(root, "data"))?.StopImmediately();
                    while (Postmaster.Find(Path.Combine(root, "data")) is not null)
                    {
                        await Task.Delay(10);
                    }

                    Remove(directory);
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    // Another run tidies up too, or it is another user's.
                }
            }
        }
    }

    private static bool IsAlive(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static void Remove(string directory)
    {
        if (new DirectoryInfo(Path.Combine(directory, "postgres")).LinkTarget is { } elsewhere)
        {
            Directory.Delete(elsewhere, recursive: true);
        }

        Directory.Delete(directory, recursive: true);
    }
}
