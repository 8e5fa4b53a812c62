using Etl.Loader.IntegrationTests.EndToEnd;
using Etl.Loader.IntegrationTests.Support;
using Npgsql;

namespace Etl.Loader.IntegrationTests.Infra;

/// <summary>
/// A server of its own, since roles belong to a whole server, with a queue and a warehouse made in the way that <c>docs/deployment.md</c> shows:
/// roles, schema by its owner, roles again.
/// </summary>
public class RolesStand : IAsyncLifetime
{
    private const string Password = "a password";
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("roles-");
    private readonly int? _major;
    private PrivateCluster? _cluster;

    public RolesStand()
    {
    }

    /// <param name="major">The version of PostgreSQL; without it the newest of this machine.</param>
    protected RolesStand(int major) => _major = major;

    public string Place => _directory.FullName;

    public string Inbox => Path.Combine(Place, "inbox");

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(Inbox);
        _cluster = await PrivateCluster.CreateAsync(_major is { } major ? PostgresVersions.Programs(major) : null, CancellationToken.None);
        foreach (var (database, file) in new[] { ("queue", "roles.sql"), ("warehouse", "target-roles.sql") })
        {
            await _cluster.CreateDatabaseAsync(database);
            await RunAsync(database, file);
        }

        foreach (var role in new[] { "etl_owner", "etl_watcher", "etl_lanes", "etl_operator", "etl_viewer" })
        {
            await ExecuteAsync(_cluster.ConnectionString("queue"), $"ALTER ROLE {role} LOGIN PASSWORD '{Password}'");
        }

        foreach (var verb in new[] { "migrate", "migrate --target warehouse" })
        {
            var (code, said) = await RunningVerb.RunAsync(RunningUp.Executable, verb, Settings("etl_owner", "etl_owner"), Place);
            Assert.True(code == 0, said);
        }

        // As where an `up` or a superuser made the schema.
        await ExecuteAsync(_cluster.ConnectionString("queue"), "ALTER ROUTINE etl_loader.cause_of OWNER TO CURRENT_USER");
        await RunAsync("queue", "roles.sql");
        await RunAsync("warehouse", "target-roles.sql");
    }

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }

        _directory.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    public Task<string> ReadServerLogAsync(CancellationToken token) => _cluster!.ReadLogAsync(token);

    public string ConnectionString(string database, string role) =>
        new NpgsqlConnectionStringBuilder(_cluster!.ConnectionString(database)) { Username = role, Password = Password, Passfile = null, Pooling = false }.ConnectionString;

    public string Superuser(string database) => _cluster!.ConnectionString(database);

    public Task<string> CreateDatabaseAsync(string name) => _cluster!.CreateDatabaseAsync(name);

    /// <summary>A process's environment: the queue by one role, the warehouse by another.</summary>
    public Dictionary<string, string> Settings(string queue, string warehouse) => new()
    {
        ["ConnectionStrings__Queue"] = ConnectionString("queue", queue),
        ["Loader__Targets__warehouse__ConnectionString"] = ConnectionString("warehouse", warehouse),
        ["Loader__Inboxes__warehouse__Path"] = Inbox,
        ["Loader__Inboxes__warehouse__Target"] = "warehouse",
        ["Loader__Http__Port"] = "0",
    };

    public async Task<bool> CanConnectAsync(string database, string role)
    {
        await using var connection = new NpgsqlConnection(ConnectionString(database, role));
        try
        {
            await connection.OpenAsync();
            return true;
        }
        catch (PostgresException refusal) when (refusal.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            return false;
        }
    }

    public async Task<object?> ScalarAsync(string database, string role, string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionString(database, role));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    public static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private async Task RunAsync(string database, string file) =>
        await ExecuteAsync(Superuser(database), await File.ReadAllTextAsync(Path.Combine(Repository.Root, "infra", "postgres", file)));
}
