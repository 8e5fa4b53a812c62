namespace Etl.Loader.IntegrationTests.Support;

/// <summary>Server programs of versions that the machine need not have, as <c>infra/postgres/versions</c> unpacks them.</summary>
internal static class PostgresVersions
{
    /// <summary>Those of a major version. Throws with the command to run where they are missing.</summary>
    public static string Programs(int major)
    {
        var place = Place();
        var found = Directory.Exists(place)
            ? Directory.GetDirectories(place, $"{major}.*").Select(d => Path.Combine(d, "native", "bin")).FirstOrDefault(d => File.Exists(Path.Combine(d, "postgres")))
            : null;
        return found ?? throw new InvalidOperationException($"The server programs of PostgreSQL {major} are not in {place}. Run: infra/postgres/versions");
    }

    /// <summary>As in that script. Root's own directories are closed to the user that a server runs as.</summary>
    private static string Place()
    {
        if (Environment.GetEnvironmentVariable("ETL_LOADER_POSTGRES_VERSIONS") is { Length: > 0 } given)
        {
            return given;
        }

        var cache = Environment.IsPrivilegedProcess ? "/var/cache"
            : Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } named ? named
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        return Path.Combine(cache, "etl-loader", "postgres");
    }
}
