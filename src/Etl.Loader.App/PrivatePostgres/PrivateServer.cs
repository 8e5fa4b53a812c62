using Npgsql;

namespace Etl.Loader.App.PrivatePostgres;

/// <summary>What a private server is made with.</summary>
internal sealed record PrivateServerOptions
{
    /// <summary>Where the cluster lies (or a link to it); made when missing.</summary>
    public required string Directory { get; init; }

    /// <summary>Where the password is kept, readable by us only.</summary>
    public required string PasswordFile { get; init; }

    /// <summary>Directory of the server programs. Null: those of the newest version that this machine has.</summary>
    public string? Programs { get; init; }

    /// <summary>Settings over our own; for tests, which need not survive a power cut.</summary>
    public IReadOnlyDictionary<string, string> ExtraSettings { get; init; } = new Dictionary<string, string>();

    /// <summary>How long sessions may take to end at a stop before they are cut off. Default 20 s.</summary>
    public TimeSpan StopPatience { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Receives a message for what takes longer: making a cluster, recovering.</summary>
    public Action<string> Report { get; init; } = _ => { };
}

/// <summary>
/// A PostgreSQL server of our own: made on first use, started in a session of its own so that Ctrl-C on the terminal does not reach it before us,
/// adopted when an earlier process left it running, recovered by PostgreSQL when it crashed. It outlives this object unless stopped.
/// </summary>
internal sealed class PrivateServer
{
    public const string User = "etl_loader";
    private const string Loopback = "127.0.0.1";

    private readonly ClusterDirectory _cluster;
    private readonly PrivateServerOptions _options;
    private readonly string _password;
    private readonly TimeProvider _time;

    private PrivateServer(ClusterDirectory cluster, PrivateServerOptions options, string password, Postmaster postmaster, bool adopted, TimeProvider time)
    {
        (_cluster, _options, _password, _time) = (cluster, options, password, time);
        (ProcessId, Port, Adopted) = (postmaster.ProcessId, postmaster.Port!.Value, adopted);
    }

    public int ProcessId { get; }

    public int Port { get; }

    /// <summary>It was running already.</summary>
    public bool Adopted { get; }

    public string Directory => _cluster.Root;

    /// <summary>See <see cref="ClusterDirectory.Leftover"/>.</summary>
    public string? Leftover => _cluster.Leftover;

    public bool IsRunning => Postmaster.Find(_cluster.Data)?.ProcessId == ProcessId;

    public static async Task<PrivateServer> StartAsync(PrivateServerOptions options, TimeProvider time, CancellationToken token)
    {
        var user = ServerUser.Choose();
        var cluster = await ClusterDirectory.OpenAsync(options.Directory, user, token);
        var launch = new ServerLaunch(cluster, user, options, time);
        var adopted = Postmaster.Find(cluster.Data) is not null;
        try
        {
            var (postmaster, password) = await launch.RunAsync(token);
            return new PrivateServer(cluster, options, password, postmaster, adopted, time);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new LoaderException(
                $"The directory of the private PostgreSQL, {cluster.Root}, cannot be used: {fault.Message}",
                "Remove what it names, or choose another home with --home.",
                fault);
        }
        catch (OperationCanceledException) when (!adopted)
        {
            Postmaster.Find(cluster.Data)?.StopFast();
            throw;
        }
    }

    public string ConnectionString(string database) => ConnectionStringFor(Port, _password, database);

    /// <summary>Over the server's Unix socket, where it has one: a tenth less of its processor time per copied row than over TCP. For processes of this user.</summary>
    public string SocketConnectionString(string database) =>
        ConnectionStringFor(Port, _password, database, ClusterSettings.CanListenIn(_cluster.Sockets) ? _cluster.Sockets : Loopback);

    internal static string ConnectionStringFor(int port, string password, string database, string host = Loopback) => new NpgsqlConnectionStringBuilder
    {
        Host = host,
        Port = port,
        Username = User,
        Password = password,
        Database = database,
        GssEncryptionMode = GssEncryptionMode.Disable,
    }.ConnectionString;

    /// <summary>Makes the database unless it is there.</summary>
    public async Task EnsureDatabaseAsync(string name, CancellationToken token)
    {
        await using var connection = new NpgsqlConnection(ConnectionString("postgres") + ";Pooling=false");
        await connection.OpenAsync(token);
        await using var find = new NpgsqlCommand("SELECT 1 FROM pg_catalog.pg_database WHERE datname = $1", connection);
        find.Parameters.Add(new NpgsqlParameter { Value = name });
        if (await find.ExecuteScalarAsync(token) is null)
        {
            await using var create = new NpgsqlCommand($"CREATE DATABASE \"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"", connection);
            await create.ExecuteNonQueryAsync(token);
        }
    }

    /// <summary>
    /// Makes people's own sessions in a database look in <c>public</c> for names without schema. By default they would look in the schema named as the role
    /// first: as this role's name that is ours, where a table of their own does not belong.
    /// </summary>
    public async Task LookInPublicAsync(string database, CancellationToken token)
    {
        await using var connection = new NpgsqlConnection(ConnectionString("postgres") + ";Pooling=false");
        await connection.OpenAsync(token);
        await using var set = new NpgsqlCommand($"ALTER DATABASE \"{database.Replace("\"", "\"\"", StringComparison.Ordinal)}\" SET search_path = public", connection);
        await set.ExecuteNonQueryAsync(token);
    }

    /// <summary>Shuts down with a checkpoint; after <see cref="PrivateServerOptions.StopPatience"/> without one. Returns when it is gone.</summary>
    public async Task StopAsync(CancellationToken token = default)
    {
        var started = _time.GetTimestamp();
        var immediate = false;
        if (IsRunning)
        {
            Postmaster.Find(_cluster.Data)?.StopFast();
        }

        // Its file goes a moment before the process does.
        while (Postmaster.Runs(ProcessId, _cluster.Data))
        {
            if (!immediate && _time.GetElapsedTime(started) > _options.StopPatience)
            {
                Postmaster.Find(_cluster.Data)?.StopImmediately();
                immediate = true;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), _time, token);
        }
    }
}
