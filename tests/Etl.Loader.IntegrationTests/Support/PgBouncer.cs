using System.Diagnostics;
using System.Net.Sockets;
using Etl.Loader.App.PrivatePostgres;
using Npgsql;

namespace Etl.Loader.IntegrationTests.Support;

/// <summary>PgBouncer itself in front of the test's server, as operators have it. It does not run as root, so root has it change to another user.</summary>
internal sealed class PgBouncer : IAsyncDisposable
{
    private static readonly string[] Places = ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer", "/usr/local/bin/pgbouncer", "/opt/homebrew/bin/pgbouncer"];
    private readonly DirectoryInfo _directory;
    private readonly Process _process;

    private PgBouncer(DirectoryInfo directory, Process process, string connectionString) =>
        (_directory, _process, ConnectionString) = (directory, process, connectionString);

    /// <summary>The database through the pooler.</summary>
    public string ConnectionString { get; }

    /// <param name="mode">transaction, session or statement.</param>
    public static async Task<PgBouncer> StartAsync(string connectionString, string mode, CancellationToken token)
    {
        var program = Places.FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException("PgBouncer is not installed. Run: apt-get install pgbouncer");
        var behind = new NpgsqlConnectionStringBuilder(connectionString);
        var directory = Directory.CreateTempSubdirectory("pgbouncer-");
        File.SetUnixFileMode(directory.FullName, (UnixFileMode)0b111_101_101);
        var port = LoopbackPort.KeptOrChosen(Path.Combine(directory.FullName, "port"));
        var settings = Path.Combine(directory.FullName, "pgbouncer.ini");
        await File.WriteAllTextAsync(
            settings,
            $"""
            [databases]
            * = host={behind.Host} port={behind.Port} user={behind.Username} password={behind.Password}
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {port}
            unix_socket_dir =
            auth_type = any
            pool_mode = {mode}
            ignore_startup_parameters = extra_float_digits,options,application_name
            """,
            token);
        string[] user = Environment.IsPrivilegedProcess ? ["-u", ServerUser.Choose().Name] : [];
        var process = Process.Start(new ProcessStartInfo(program, [.. user, "-q", settings]) { RedirectStandardError = true })!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        var pooler = new PgBouncer(directory, process, new NpgsqlConnectionStringBuilder(connectionString)
        {
            Host = "127.0.0.1",
            Port = port,
            SslMode = SslMode.Disable,
            Pooling = false,
        }.ConnectionString);
        await pooler.UntilListeningAsync(port, token);
        return pooler;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
        _directory.Delete(recursive: true);
    }

    private async Task UntilListeningAsync(int port, CancellationToken token)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(token);
        deadline.CancelAfter(TimeSpan.FromSeconds(20));
        while (true)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync("127.0.0.1", port, deadline.Token);
                return;
            }
            catch (SocketException) when (!_process.HasExited)
            {
                await Task.Delay(20, deadline.Token);
            }
        }
    }
}
