using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Etl.Loader.Targets.PostgreSql;

/// <summary>
/// Our own tables in the target: schema <c>etl_loader</c>, which the queue's ledger may share, and <c>etl_loader_staging</c>. Numbered steps
/// under an advisory lock; applied ones are never edited.
/// </summary>
internal static class Schema
{
    private const string Component = "target";
    private const string Folder = "Targets/PostgreSql/Migrations/";

    /// <summary>The key that every part of the product locks while it changes the schema, so that a shared database is changed by one at a time.</summary>
    private const long LockKey = 0x65746C_00000001;

    private static readonly SqlText Sql = SqlText.Load("Targets/PostgreSql/Sql/migrations.sql");

    /// <summary>The whole schema as text for a DBA who applies it by hand; running it twice fails and changes nothing.</summary>
    public static string Script()
    {
        var script = new StringBuilder("BEGIN;\n\n").Append(Sql["create_registry"]).Append(";\n\n");
        foreach (var (version, name, sql, checksum) in Steps())
        {
            script.Append(CultureInfo.InvariantCulture, $"-- {version:000} {name}\n").Append(sql).Append('\n');
            script.Append(
                CultureInfo.InvariantCulture,
                $"INSERT INTO etl_loader.migrations (component, version, name, checksum) VALUES ('{Component}', {version}, '{name}', '{checksum}');\n\n");
        }

        return script.Append("COMMIT;\n").ToString();
    }

    /// <summary>Applies what is missing, in the session's transaction, and commits it.</summary>
    public static async Task MigrateAsync(string target, WriteTransaction session, CancellationToken token)
    {
        await session.ExecuteAsync(Sql["lock"], token, LockKey);
        if (await session.ScalarAsync(Sql["registry_exists"], token) is not true)
        {
            await session.ExecuteAsync(Sql["create_registry"], token);
        }

        var applied = await AppliedAsync(session, token);
        foreach (var (version, name, sql, checksum) in Steps())
        {
            if (!applied.TryGetValue(version, out var recorded))
            {
                await session.ExecuteAsync(sql, token);
                await session.ExecuteAsync(Sql["record"], token, Component, version, name, checksum);
            }
            else if (recorded != checksum)
            {
                throw new LoaderException(
                    $"Target '{target}': schema step {version} ({name}) was applied with checksum {recorded}, this version has {checksum}.",
                    "Run the version of the loader that applied it, or a later one.");
            }
        }

        await session.CommitAsync(token);
    }

    private static IEnumerable<(int Version, string Name, string Sql, string Checksum)> Steps() => SqlText.List(Folder).Select(path =>
    {
        var file = path[Folder.Length..];
        var sql = SqlText.Read(path);
        return (
            int.Parse(file[..3], CultureInfo.InvariantCulture), file[4..file.IndexOf('.', StringComparison.Ordinal)], sql,
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sql))));
    });

    private static async Task<Dictionary<int, string>> AppliedAsync(WriteTransaction session, CancellationToken token) =>
        (await session.RowsAsync(Sql["applied"], row => (Version: row.GetInt32(0), Checksum: row.GetString(1)), token, Component))
            .ToDictionary(step => step.Version, step => step.Checksum);
}
