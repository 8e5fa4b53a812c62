using System.Net;
using System.Net.Sockets;
using Etl.Loader.App.PrivatePostgres;
using Etl.Loader.IntegrationTests.Support;
using Npgsql;

namespace Etl.Loader.IntegrationTests.App.PrivatePostgres;

public sealed class PrivateServerTests : IAsyncLifetime
{
    private readonly string _home = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), "etl-loader-home-" + Path.GetRandomFileName())).FullName;
    private readonly List<PrivateServer> _started = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _started)
        {
            await server.StopAsync(CancellationToken.None);
        }

        if (_started.Count > 0 && new DirectoryInfo(Place).LinkTarget is { } elsewhere)
        {
            Directory.Delete(elsewhere, recursive: true);
        }

        Directory.Delete(_home, recursive: true);
    }

    [Fact]
    public async Task A_new_cluster_is_durable_tuned_for_loading_and_closed_to_others()
    {
        var server = await StartAsync();

        Assert.Equal("on", await AskAsync(server, "SHOW fsync"));
        Assert.Equal("on", await AskAsync(server, "SHOW full_page_writes"));
        Assert.Equal("minimal", await AskAsync(server, "SHOW wal_level"));
        Assert.Equal("127.0.0.1", await AskAsync(server, "SHOW listen_addresses"));
        Assert.Equal("UTC", await AskAsync(server, "SHOW timezone"));
        Assert.Equal("UTF8", await AskAsync(server, "SHOW server_encoding"));
        var stranger = new NpgsqlConnectionStringBuilder(server.ConnectionString("postgres")) { Password = "guessed", Pooling = false };
        await using var connection = new NpgsqlConnection(stranger.ConnectionString);
        var refusal = await Assert.ThrowsAsync<PostgresException>(() => connection.OpenAsync(Token));
        Assert.Equal(PostgresErrorCodes.InvalidPassword, refusal.SqlState);
    }

    /// <summary>The line that <c>up</c> prints leads people here, as the role whose name is that of our schema.</summary>
    [Fact]
    public async Task A_table_that_a_person_makes_without_a_schema_does_not_land_in_ours()
    {
        var server = await StartAsync();
        await server.EnsureDatabaseAsync("warehouse", Token);
        await server.LookInPublicAsync("warehouse", Token);
        await using var connection = new NpgsqlConnection(server.ConnectionString("warehouse") + ";Pooling=false");
        await connection.OpenAsync(Token);
        await using var make = new NpgsqlCommand("CREATE SCHEMA etl_loader; CREATE TABLE receipts (id int)", connection);
        await make.ExecuteNonQueryAsync(Token);
        await using var find = new NpgsqlCommand("SELECT to_regclass('public.receipts') IS NOT NULL AND to_regclass('etl_loader.receipts') IS NULL", connection);
        Assert.True((bool)(await find.ExecuteScalarAsync(Token))!);
    }

    [Fact]
    public async Task The_password_file_is_for_its_owner_only()
    {
        await StartAsync();

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, new FileInfo(Passwords).UnixFileMode);
    }

    [Fact]
    public async Task After_a_restart_port_password_and_data_are_the_same()
    {
        var first = await StartAsync();
        await first.EnsureDatabaseAsync("warehouse", Token);
        await AskAsync(first, "CREATE TABLE public.kept AS SELECT 42 AS n", "warehouse");
        await first.StopAsync(Token);
        Assert.False(first.IsRunning);

        var second = await StartAsync();

        Assert.False(second.Adopted);
        Assert.Equal(first.ConnectionString("warehouse"), second.ConnectionString("warehouse"));
        Assert.Equal(42, await AskAsync(second, "SELECT n FROM public.kept", "warehouse"));
    }

    [Fact]
    public async Task A_killed_server_recovers_with_its_committed_data()
    {
        var first = await StartAsync();
        await AskAsync(first, "CREATE TABLE public.kept AS SELECT 42 AS n");
        await KillAsync(first);

        var second = await StartAsync();

        Assert.NotEqual(first.ProcessId, second.ProcessId);
        Assert.Equal(42, await AskAsync(second, "SELECT n FROM public.kept"));
    }

    [Fact]
    public async Task A_pid_file_whose_number_now_belongs_to_another_program_does_not_keep_it_from_starting()
    {
        var first = await StartAsync();
        await KillAsync(first);
        var pidFile = Path.Combine(first.Directory, "data", "postmaster.pid");
        var lines = await File.ReadAllLinesAsync(pidFile, Token);
        lines[0] = Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture);
        await File.WriteAllLinesAsync(pidFile, lines, Token);

        var second = await StartAsync();

        Assert.True(second.IsRunning);
        Assert.False(second.Adopted);
    }

    [Fact]
    public async Task A_running_server_is_adopted()
    {
        var first = await StartAsync();

        var second = await StartAsync();

        Assert.True(second.Adopted);
        Assert.Equal(first.ProcessId, second.ProcessId);
    }

    [Fact]
    public async Task A_taken_port_is_named_with_what_to_do()
    {
        var first = await StartAsync();
        await first.StopAsync(Token);
        using var occupant = new TcpListener(IPAddress.Loopback, first.Port);
        occupant.Start();

        var error = await Assert.ThrowsAsync<LoaderException>(StartAsync);

        Assert.Contains($"Port {first.Port}", error.Message, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(first.Directory, "port"), error.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Data_of_another_major_version_are_refused_naming_both()
    {
        var first = await StartAsync();
        await first.StopAsync(Token);
        await File.WriteAllTextAsync(Path.Combine(first.Directory, "data", "PG_VERSION"), "9\n", Token);

        var error = await Assert.ThrowsAsync<LoaderException>(StartAsync);

        var installed = (await PostgresBinaries.FindAsync(Token))[0].Major;
        Assert.Contains("to PostgreSQL 9;", error.Message, StringComparison.Ordinal);
        Assert.Contains($"PostgreSQL {installed}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lost_password_file_is_made_again()
    {
        var first = await StartAsync();
        await first.StopAsync(Token);
        File.Delete(Passwords);

        var second = await StartAsync();

        Assert.Equal("on", await AskAsync(second, "SHOW fsync"));
    }

    [Fact]
    public async Task A_place_that_is_a_file_is_named_in_the_error()
    {
        await File.WriteAllTextAsync(Path.Combine(_home, "postgres"), "", Token);

        var error = await Assert.ThrowsAsync<LoaderException>(StartAsync);

        Assert.Contains(Place, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_home_that_the_servers_user_cannot_reach_gets_a_link_to_a_place_that_it_can()
    {
        if (OperatingSystem.IsWindows() || !Environment.IsPrivilegedProcess)
        {
            return;
        }

        new DirectoryInfo(_home).UnixFileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

        var first = await StartAsync();
        await first.StopAsync(Token);
        var second = await StartAsync();

        Assert.Equal(second.Directory, new DirectoryInfo(Place).LinkTarget);
        Assert.Equal("on", await AskAsync(second, "SHOW fsync"));
    }

    [Fact]
    public async Task What_the_servers_user_puts_in_its_directory_leads_root_nowhere_else()
    {
        if (OperatingSystem.IsWindows() || !Environment.IsPrivilegedProcess)
        {
            return;
        }

        var first = await StartAsync();
        await first.StopAsync(Token);
        var victim = Path.Combine(_home, "victim");
        await File.WriteAllTextAsync(victim, "kept", Token);
        foreach (var name in new[] { "etl-loader.conf", "port", "initdb-password", "log" })
        {
            await AsServerAsync(first, $"rm -f {name} && ln -s '{victim}' {name}");
        }

        await AsServerAsync(first, $"rm -rf socket && ln -s '{_home}' socket");

        // The log is for the server to open, with its own rights, which do not reach the victim: it does not start.
        await Assert.ThrowsAsync<LoaderException>(StartAsync);
        Assert.Equal("kept", await File.ReadAllTextAsync(victim, Token));
        Assert.Equal(0u, Etl.Loader.Files.FileStat.Of(victim)!.Value.Owner);
        Assert.True(File.Exists(Passwords));
        Assert.Equal(0u, Etl.Loader.Files.FileStat.Of(_home)!.Value.Owner);

        await AsServerAsync(first, "rm -f log && mkfifo data/postmaster.pid");
        Assert.Null(Postmaster.Find(Path.Combine(first.Directory, "data")));
        await AsServerAsync(first, "rm data/postmaster.pid");
        Assert.Equal("on", await AskAsync(await StartAsync(), "SHOW fsync"));
    }

    private static async Task AsServerAsync(PrivateServer server, string line)
    {
        var outcome = await ServerUser.Choose().RunAsync("/bin/sh", ["-c", line], server.Directory, Token);
        Assert.True(outcome.ExitCode == 0, outcome.Output);
    }

    [Fact]
    public async Task A_cluster_of_a_test_can_be_stopped_killed_and_started()
    {
        await using var cluster = await PrivateCluster.CreateAsync(Token);
        var before = cluster.Administration;
        await cluster.StopAsync(Token);
        await using var connection = new NpgsqlConnection(before + ";Pooling=false");
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => connection.OpenAsync(Token));

        await cluster.StartAsync(Token);
        await cluster.KillAsync(Token);
        await cluster.StartAsync(Token);

        Assert.Equal(before, cluster.Administration);
        await connection.OpenAsync(Token);
    }

    private string Place => Path.Combine(_home, "postgres");

    private string Passwords => Path.Combine(_home, "pgpass");

    private async Task<PrivateServer> StartAsync()
    {
        var options = new PrivateServerOptions { Directory = Place, PasswordFile = Passwords, StopPatience = TimeSpan.FromSeconds(5) };
        var server = await PrivateServer.StartAsync(options, TimeProvider.System, Token);
        _started.Add(server);
        return server;
    }

    private static async Task KillAsync(PrivateServer server)
    {
        using (var process = System.Diagnostics.Process.GetProcessById(server.ProcessId))
        {
            process.Kill();
        }

        while (server.IsRunning)
        {
            await Task.Delay(10, Token);
        }
    }

    private static async Task<object?> AskAsync(PrivateServer server, string sql, string database = "postgres")
    {
        await using var connection = new NpgsqlConnection(server.ConnectionString(database) + ";Pooling=false");
        await connection.OpenAsync(Token);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(Token);
    }
}
