using System.Globalization;
using Etl.Loader.Faults;
using Npgsql;

namespace Etl.Loader.App.Doctor;

/// <summary>Whether a PostgreSQL database answers, how fast, and directly or through a pooler.</summary>
internal static class DatabaseCheck
{
    private const int ConnectSeconds = 5;

    public static async Task<Finding> RunAsync(string check, string connectionString, TimeProvider time, CancellationToken token)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            Pooling = false,
            Timeout = ConnectSeconds,
            GssEncryptionMode = GssEncryptionMode.Disable,
        };
        var place = string.Create(CultureInfo.InvariantCulture, $"{settings.Host}:{settings.Port}/{settings.Database}");
        try
        {
            await using var connection = new NpgsqlConnection(settings.ConnectionString);
            await connection.OpenAsync(token);
            var began = time.GetTimestamp();
            await using var command = new NpgsqlCommand("SELECT pg_catalog.pg_backend_pid()", connection);
            var backend = (int)(await command.ExecuteScalarAsync(token))!;
            var took = time.GetElapsedTime(began);
            if (backend != connection.ProcessID)
            {
                return new Finding(
                    check,
                    FindingLevel.Fault,
                    $"{place} is reached through a pooler, where session locks may have no owner",
                    "Give the server's own address: a pooler is refused in every mode.");
            }

            return new Finding(
                check,
                connection.PostgreSqlVersion.Major >= 14 ? FindingLevel.Ok : FindingLevel.Fault,
                string.Create(CultureInfo.InvariantCulture, $"{place}, PostgreSQL {connection.PostgreSqlVersion}, answers in {took.TotalMilliseconds:0.0} ms"),
                connection.PostgreSqlVersion.Major >= 14 ? null : "Use PostgreSQL 14 or later.");
        }
        catch (Exception fault) when (PostgresFaults.Read(fault) is { } read)
        {
            // It is there, and takes no sessions now; what it says of login and name is a fault of the configuration.
            var closed = fault is PostgresException { SqlState: ['5', '3' or '5' or '7', ..] };
            return read.Answered
                ? new Finding(check, FindingLevel.Fault, read.Of(place), read.Hint ?? "Correct the connection string, or the database's permissions.", NotReachable: closed)
                : new Finding(check, FindingLevel.Fault, read.Of(place), read.Hint ?? "Start it, or correct host and port.", NotReachable: true);
        }
        catch (NpgsqlException fault)
        {
            return new Finding(check, FindingLevel.Fault, $"{place}: {fault.Message}", "Correct the connection string.");
        }
    }
}
