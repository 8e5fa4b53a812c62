using System.Net.Sockets;
using Npgsql;

namespace Etl.Loader.Targets.PostgreSql;

/// <summary>What a failure of PostgreSQL means for a load: by SQLSTATE and severity, or by the kind of the broken connection; never by message text.</summary>
internal static class PostgreSqlFaults
{
    private const string FreeSpace = "Free space, or raise the limit; the load goes on by itself.";
    private const string Privilege = "Grant the role what the message names, then requeue the load.";

    /// <summary>SQLSTATEs with a meaning of their own.</summary>
    private static readonly Dictionary<string, (FaultKind Kind, string? Hint)> States = new(StringComparer.Ordinal)
    {
        [PostgresErrorCodes.AdminShutdown] = (FaultKind.Outage, null),
        [PostgresErrorCodes.CrashShutdown] = (FaultKind.Outage, null),
        [PostgresErrorCodes.CannotConnectNow] = (FaultKind.Outage, null),
        [PostgresErrorCodes.ReadOnlySqlTransaction] = (FaultKind.Outage, "Point the connection string at the primary."),
        [PostgresErrorCodes.DiskFull] = (FaultKind.Outage, FreeSpace),
        [PostgresErrorCodes.InvalidPassword] = (FaultKind.Outage, "Mend user or password in the target's connection string."),
        [PostgresErrorCodes.InvalidAuthorizationSpecification] = (FaultKind.Outage, "Mend user or password in the target's connection string."),
        [PostgresErrorCodes.InvalidCatalogName] = (FaultKind.Outage, "Create the database, or mend its name in the target's connection string."),
        [PostgresErrorCodes.IoError] = (FaultKind.Outage, "See the server's log: its storage fails."),
        [PostgresErrorCodes.SerializationFailure] = (FaultKind.Transient, null),
        [PostgresErrorCodes.DeadlockDetected] = (FaultKind.Transient, null),
        [PostgresErrorCodes.LockNotAvailable] = (FaultKind.Transient, null),
        [PostgresErrorCodes.ObjectInUse] = (FaultKind.Transient, null),
        [PostgresErrorCodes.QueryCanceled] = (FaultKind.Transient, null),
        [PostgresErrorCodes.InsufficientPrivilege] = (FaultKind.Data, Privilege),
        [PostgresErrorCodes.UndefinedTable] = (FaultKind.Transient, null),
    };

    /// <summary>Whole classes of SQLSTATEs, by their first two characters, where the state itself has no entry.</summary>
    private static readonly Dictionary<string, (FaultKind Kind, string? Hint)> Classes = new(StringComparer.Ordinal)
    {
        ["08"] = (FaultKind.Outage, null),
        ["0A"] = (FaultKind.Data, null),
        ["22"] = (FaultKind.Data, null),
        ["23"] = (FaultKind.Data, null),
        ["2B"] = (FaultKind.Data, null),
        ["40"] = (FaultKind.Transient, null),
        ["42"] = (FaultKind.Data, null),
        ["44"] = (FaultKind.Data, null),
        ["53"] = (FaultKind.Outage, FreeSpace),
        ["54"] = (FaultKind.Data, null),
        ["55"] = (FaultKind.Transient, null),
        ["57"] = (FaultKind.Outage, null),
        ["58"] = (FaultKind.Outage, "See the server's log: its storage fails."),
    };

    public static TargetFault Classify(Exception exception) => exception switch
    {
        FencedException fenced => new(FaultKind.Fenced, fenced.Message),
        PublishWaitException waits => new(FaultKind.Busy, waits.Message, waits.Hint),
        DatasetException data => new(FaultKind.Data, data.Message, data.Hint),
        LoaderException loader => new(FaultKind.Data, loader.Message, loader.Hint),
        PostgresException postgres => BySqlState(postgres),
        NpgsqlException { InnerException: TimeoutException } npgsql => new(FaultKind.Outage, npgsql.Message),
        NpgsqlException npgsql when IsBroken(npgsql) => new(FaultKind.Outage, npgsql.InnerException?.Message ?? npgsql.Message),
        NpgsqlException { InnerException: { } inner } when inner is not NpgsqlException || inner is PostgresException => Classify(inner),
        SocketException or IOException or TimeoutException => new(FaultKind.Outage, exception.Message),
        _ => new(FaultKind.Unknown, exception.Message),
    };

    /// <summary>True when the session is gone, whatever ended it: the transaction on it is rolled back.</summary>
    public static bool IsLostSession(Exception exception) => exception switch
    {
        PostgresException { SqlState: PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown } => true,
        PostgresException => false,
        NpgsqlException => true,
        SocketException or IOException or ObjectDisposedException => true,
        InvalidOperationException => true,
        _ => false,
    };

    private static bool IsBroken(NpgsqlException exception)
    {
        for (var inner = exception.InnerException; inner is not null; inner = inner.InnerException)
        {
            if (inner is SocketException or IOException or TimeoutException)
            {
                return true;
            }
        }

        return exception.InnerException is null;
    }

    private static TargetFault BySqlState(PostgresException exception)
    {
        var state = exception.SqlState;
        var reason = exception.Detail is { Length: > 0 } detail ? $"{exception.MessageText} ({detail})" : exception.MessageText;
        var (kind, hint) = States.TryGetValue(state, out var known) ? known
            : state.Length == 5 && Classes.TryGetValue(state[..2], out var byClass) ? byClass
            // The server refuses or ends sessions for a reason that it has no state for: with a full disk it opens none, as XX000.
            : exception.InvariantSeverity is "FATAL" or "PANIC" ? (FaultKind.Outage, null)
            : (FaultKind.Unknown, null);
        return new TargetFault(kind, $"{reason} [SQLSTATE {state}]", hint ?? exception.Hint, Full: state == PostgresErrorCodes.DiskFull);
    }
}

/// <summary>Readers were in the way of a publish for longer than the target's <c>PublishWait</c>: the load is set back and costs no attempt.</summary>
internal sealed class PublishWaitException(string message, string hint, Exception? inner = null) : LoaderException(message, hint, inner);
