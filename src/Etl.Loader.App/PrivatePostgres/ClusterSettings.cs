using System.Globalization;
using System.Text;

namespace Etl.Loader.App.PrivatePostgres;

/// <summary>The server's settings, written again at each start: tuned for loading, safe against crashes, closed to other machines.</summary>
internal static class ClusterSettings
{
    private const long Megabyte = 1024 * 1024;

    /// <summary>Unix socket paths end at 107 bytes; the server adds <c>/.s.PGSQL.NNNNN.lock</c>.</summary>
    private const int LongestSocketDirectory = 107 - 20;

    public static bool CanListenIn(string socketDirectory) => Encoding.UTF8.GetByteCount(socketDirectory) <= LongestSocketDirectory;

    public static string Write(int port, string socketDirectory, long memoryBytes, IReadOnlyDictionary<string, string> extra)
    {
        // One writer, few sessions: an eighth of the memory, since DuckDB, the survey and the page cache want theirs.
        var sharedBuffers = Math.Clamp(memoryBytes / 8 / Megabyte, 64, 1024);
        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["listen_addresses"] = "127.0.0.1",
            ["port"] = port.ToString(CultureInfo.InvariantCulture),
            ["unix_socket_directories"] = CanListenIn(socketDirectory) ? socketDirectory : "",
            ["unix_socket_permissions"] = "0700",
            ["password_encryption"] = "scram-sha-256",
            ["wal_level"] = "minimal",
            ["max_wal_senders"] = "0",
            ["max_wal_size"] = "4GB",
            ["checkpoint_timeout"] = "15min",
            ["shared_buffers"] = $"{sharedBuffers.ToString(CultureInfo.InvariantCulture)}MB",
            ["maintenance_work_mem"] = "128MB",
            ["fsync"] = "on",
            ["full_page_writes"] = "on",
            ["synchronous_commit"] = "on",
            ["timezone"] = "UTC",
            ["log_timezone"] = "UTC",
            ["lc_messages"] = "C",
            ["log_checkpoints"] = "off",
        };
        foreach (var (name, value) in extra)
        {
            settings[name] = value;
        }

        var text = new StringBuilder("# Written at each start; settings of your own go below the include line in data/postgresql.conf.\n");
        foreach (var (name, value) in settings)
        {
            text.Append(CultureInfo.InvariantCulture, $"{name} = '{value.Replace("'", "''", StringComparison.Ordinal)}'\n");
        }

        return text.ToString();
    }
}
