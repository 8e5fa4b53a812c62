using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace Etl.Loader.Ledger;

/// <summary>One numbered step of the ledger's schema; applied ones are never edited.</summary>
internal sealed record Migration(int Version, string Name, string Sql)
{
    public string Checksum { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql)));
}

/// <summary>
/// Brings the ledger's schema up to date. Any number of processes may do so at once: they queue behind an advisory lock, and each step is
/// committed with its record.
/// </summary>
internal sealed class LedgerMigrator(QueueDatabase database)
{
    public const string Component = "ledger";

    /// <summary>
    /// Older versions run beside a newer schema, whose steps only add. A step that they could not live with records under this component, in its own text,
    /// the number of the step that a version must know at least; versions from before that refuse to start.
    /// </summary>
    public const string Needs = "ledger needs";

    /// <summary>Key of the advisory lock that all schema changes of this product take ("etl" and a number).</summary>
    public const long LockKey = 0x65746C_00000001;

    private const string Folder = "Ledger/Migrations/";
    private static readonly SqlText Sql = SqlText.Load("Ledger/Sql/migrations.sql");

    public static IReadOnlyList<Migration> Migrations { get; } = [.. SqlText.List(Folder).Select(Read)];

    /// <summary>The whole schema as text for a DBA who applies it by hand; running it twice fails and changes nothing.</summary>
    public static string Script()
    {
        var script = new StringBuilder("BEGIN;\n\n");
        script.Append(Sql["create_registry"]).Append(";\n\n");
        foreach (var migration in Migrations)
        {
            script.Append(CultureInfo.InvariantCulture, $"-- {migration.Version:000} {migration.Name}\n").Append(migration.Sql).Append('\n');
            script.Append(
                CultureInfo.InvariantCulture,
                $"INSERT INTO etl_loader.migrations (component, version, name, checksum) VALUES ('{Component}', {migration.Version}, '{migration.Name}', '{migration.Checksum}');\n\n");
        }

        return script.Append("COMMIT;\n").ToString();
    }

    /// <summary>Applies what is missing. Returns the versions applied. Throws <see cref="LoaderException"/> when an applied step differs from ours, or a newer one is nothing for us.</summary>
    public async Task<IReadOnlyList<int>> MigrateAsync(CancellationToken token)
    {
        await using var connection = new NpgsqlConnection(database.LockConnectionString("migrate"));
        await connection.OpenAsync(token);
        await using (var wait = new NpgsqlCommand("SELECT pg_advisory_lock($1)", connection) { Parameters = { new() { Value = LockKey } }, CommandTimeout = 0 })
        {
            await wait.ExecuteNonQueryAsync(token);
        }

        if (!await RegistryExistsAsync(connection, token))
        {
            await using var create = new NpgsqlCommand(Sql["create_registry"], connection);
            await create.ExecuteNonQueryAsync(token);
        }

        var applied = await VerifiedAsync(connection, token);
        var done = new List<int>();
        foreach (var migration in Migrations.Where(m => !applied.Contains(m.Version)))
        {
            await using var transaction = await connection.BeginTransactionAsync(token);
            await using (var apply = new NpgsqlCommand(migration.Sql, connection, transaction) { CommandTimeout = 0 })
            {
                await apply.ExecuteNonQueryAsync(token);
            }

            await using (var record = new NpgsqlCommand(Sql["record"], connection, transaction))
            {
                record.Parameters.AddWithValue("component", Component);
                record.Parameters.AddWithValue("version", migration.Version);
                record.Parameters.AddWithValue("name", migration.Name);
                record.Parameters.AddWithValue("checksum", migration.Checksum);
                await record.ExecuteNonQueryAsync(token);
            }

            await transaction.CommitAsync(token);
            done.Add(migration.Version);
        }

        return done;
    }

    /// <summary>True when every step is applied. Throws as <see cref="MigrateAsync"/> when an applied step differs from ours.</summary>
    public async Task<bool> IsCurrentAsync(CancellationToken token)
    {
        await using var connection = await database.OpenAsync(token);
        if (!await RegistryExistsAsync(connection, token))
        {
            return false;
        }

        var applied = await VerifiedAsync(connection, token);
        return Migrations.All(m => applied.Contains(m.Version));
    }

    private static async Task<bool> RegistryExistsAsync(NpgsqlConnection connection, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(Sql["registry_exists"], connection);
        return (bool)(await command.ExecuteScalarAsync(token))!;
    }

    /// <summary>The steps that are applied. Throws <see cref="LoaderException"/> where they are not for this version.</summary>
    private static async Task<IReadOnlySet<int>> VerifiedAsync(NpgsqlConnection connection, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(Sql["applied"], connection);
        command.Parameters.AddWithValue("component", Component);
        command.Parameters.AddWithValue("needs", Needs);
        await using var reader = await command.ExecuteReaderAsync(token);
        var applied = new HashSet<int>();
        while (await reader.ReadAsync(token))
        {
            var version = reader.GetInt32(1);
            if (reader.GetString(0) == Needs)
            {
                VerifyNeed(version);
                continue;
            }

            VerifyChecksum(version, reader.GetString(2));
            applied.Add(version);
        }

        return applied;
    }

    private static void VerifyNeed(int step)
    {
        if (Migrations[^1].Version is var newest && step > newest)
        {
            throw new LoaderException(
                $"The ledger's schema is at step {step}, but this version knows only steps up to {newest}.",
                "A newer version migrated it: update this one.");
        }
    }

    private static void VerifyChecksum(int version, string checksum)
    {
        if (Migrations.FirstOrDefault(m => m.Version == version) is { } migration && checksum != migration.Checksum)
        {
            throw new LoaderException(
                $"Schema step {version} ({migration.Name}) of the ledger was applied with checksum {checksum[..12]}…, this version has {migration.Checksum[..12]}….",
                "The schema was made by another build: use that build, or restore the database from before it.");
        }
    }

    private static Migration Read(string file)
    {
        var name = file[Folder.Length..^".up.sql".Length];
        return new Migration(int.Parse(name[..3], CultureInfo.InvariantCulture), name[4..], SqlText.Read(file));
    }
}
