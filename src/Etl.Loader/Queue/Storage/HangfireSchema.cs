using System.Globalization;
using System.Text;
using Etl.Loader.Ledger;
using Hangfire.PostgreSql;
using Npgsql;

namespace Etl.Loader.Queue.Storage;

/// <summary>
/// Hangfire's tables. Its own start-up creates them unsafely when several processes start at once, and blocks while the database is away;
/// so it is kept from doing so, and this does it under the lock that all our schema changes take.
/// </summary>
internal sealed class HangfireSchema(QueueDatabase database)
{
    /// <summary>Other names are reached by replacing text in the scripts: not worth the risk.</summary>
    public const string Name = "hangfire";

    private const string ScriptPrefix = "Hangfire.PostgreSql.Scripts.Install.v";

    /// <summary>Of <c>guard.sql</c>, which says it too. A newer one serves this version as well.</summary>
    private const int Guard = 1;

    private static readonly SqlText Sql = SqlText.Load("Queue/Sql/hangfire.sql");

    /// <summary>Version of the newest script in the package.</summary>
    public static int Newest { get; } = Versions().Max();

    /// <summary>All scripts in order, for a DBA. Each says its version, which the package's installer does beside them.</summary>
    public static string Script()
    {
        var script = new StringBuilder();
        foreach (var version in Versions().Order())
        {
            using var stream = typeof(PostgreSqlStorage).Assembly.GetManifestResourceStream($"{ScriptPrefix}{version}.sql")!;
            using var reader = new StreamReader(stream);
            script.Append(CultureInfo.InvariantCulture, $"-- Hangfire schema version {version}\nBEGIN;\n").Append(reader.ReadToEnd());
            script.Append(CultureInfo.InvariantCulture, $"\nUPDATE {Name}.schema SET version = {version};\nCOMMIT;\n\n");
        }

        return script.Append("BEGIN;\nSET LOCAL search_path = pg_catalog, pg_temp;\n").Append(GuardScript).Append("COMMIT;\nRESET search_path;\n").ToString();
    }

    public async Task<bool> IsCurrentAsync(CancellationToken token)
    {
        await using var connection = await database.OpenAsync(token);
        return await IsCurrentAsync(connection, token);
    }

    /// <summary>Creates or updates the tables; returns whether there was anything to do.</summary>
    public async Task<bool> MigrateAsync(CancellationToken token)
    {
        await using var connection = new NpgsqlConnection(database.LockConnectionString("migrate"));
        await connection.OpenAsync(token);
        await using (var wait = new NpgsqlCommand("SELECT pg_advisory_lock($1)", connection)
        {
            Parameters = { new() { Value = LedgerMigrator.LockKey } },
            CommandTimeout = 0,
        })
        {
            await wait.ExecuteNonQueryAsync(token);
        }

        if (await IsCurrentAsync(connection, token))
        {
            return false;
        }

        if (!await IsAsync("has_tables", connection, token) || await VersionAsync("version", connection, token) < Newest)
        {
            await Task.Run(() => PostgreSqlObjectsInstaller.Install(connection, Name), token);
        }

        await using var transaction = await connection.BeginTransactionAsync(token);
        await using (var guard = new NpgsqlCommand("SET LOCAL search_path = pg_catalog, pg_temp;\n" + GuardScript, connection, transaction) { CommandTimeout = 0 })
        {
            await guard.ExecuteNonQueryAsync(token);
        }

        await transaction.CommitAsync(token);
        return true;
    }

    private static string GuardScript => SqlText.Read("Queue/Sql/guard.sql");

    private static async Task<bool> IsCurrentAsync(NpgsqlConnection connection, CancellationToken token) =>
        await IsAsync("has_tables", connection, token)
        && await VersionAsync("version", connection, token) >= Newest
        && await VersionAsync("guard_version", connection, token) >= Guard;

    private static async Task<bool> IsAsync(string statement, NpgsqlConnection connection, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(Sql[statement], connection);
        return await command.ExecuteScalarAsync(token) is true;
    }

    private static async Task<int> VersionAsync(string statement, NpgsqlConnection connection, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(Sql[statement], connection);
        return await command.ExecuteScalarAsync(token) is int version ? version : 0;
    }

    private static IEnumerable<int> Versions() => typeof(PostgreSqlStorage).Assembly.GetManifestResourceNames()
        .Where(n => n.StartsWith(ScriptPrefix, StringComparison.Ordinal))
        .Select(n => int.Parse(n[ScriptPrefix.Length..^".sql".Length], CultureInfo.InvariantCulture));
}
