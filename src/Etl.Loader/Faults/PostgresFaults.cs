using System.Net.Sockets;
using Npgsql;

namespace Etl.Loader.Faults;

/// <summary>
/// What a failure of a PostgreSQL server means, for the queue database and for targets alike: by SQLSTATE and severity where the server spoke, otherwise by
/// what broke inside the driver. Never by message text.
/// </summary>
internal static class PostgresFaults
{
    private const string FreeSpace = "Free space, or raise the limit; the load resumes automatically.";
    private const string Login = "Fix the user name or password in the connection string, or the role's permissions in the database.";
    private const string Storage = "Check the server log: its storage is failing.";

    /// <summary>SQLSTATEs with a meaning of their own.</summary>
    public static IReadOnlyDictionary<string, FaultRow> States { get; } = new Dictionary<string, FaultRow>(StringComparer.Ordinal)
    {
        [PostgresErrorCodes.AdminShutdown] = new(FaultKind.Outage),
        [PostgresErrorCodes.CrashShutdown] = new(FaultKind.Outage),
        [PostgresErrorCodes.CannotConnectNow] = new(FaultKind.Outage),
        [PostgresErrorCodes.DatabaseDropped] = new(FaultKind.Outage, "Create the database again, or restore it."),
        [PostgresErrorCodes.ReadOnlySqlTransaction] = new(FaultKind.Outage, "Point the connection string at the primary."),
        [PostgresErrorCodes.DiskFull] = new(FaultKind.Outage, FreeSpace, Full: true),
        [PostgresErrorCodes.OutOfMemory] = new(FaultKind.Outage, "Give the server more memory, or fewer sessions."),
        [PostgresErrorCodes.TooManyConnections] = new(FaultKind.Outage, "Raise max_connections or the role's limit, or end other sessions."),
        [PostgresErrorCodes.ConfigurationLimitExceeded] = new(FaultKind.Outage, "Raise the limit that the message names."),
        [PostgresErrorCodes.InvalidPassword] = new(FaultKind.Outage, Login),
        [PostgresErrorCodes.InvalidAuthorizationSpecification] = new(FaultKind.Outage, Login),
        [PostgresErrorCodes.InvalidCatalogName] = new(FaultKind.Outage, "Create the database, or correct its name in the connection string."),
        [PostgresErrorCodes.IoError] = new(FaultKind.Outage, Storage),
        [PostgresErrorCodes.SerializationFailure] = new(FaultKind.Transient),
        [PostgresErrorCodes.DeadlockDetected] = new(FaultKind.Transient),
        [PostgresErrorCodes.LockNotAvailable] = new(FaultKind.Transient),
        [PostgresErrorCodes.ObjectInUse] = new(FaultKind.Transient),
        [PostgresErrorCodes.QueryCanceled] = new(FaultKind.Transient),
        [PostgresErrorCodes.InsufficientPrivilege] = new(FaultKind.Data, "Grant the role what the message names, then requeue the load."),

        // Someone dropped it while it was worked on: a second look decides.
        [PostgresErrorCodes.UndefinedTable] = new(FaultKind.Unknown),
    };

    /// <summary>Whole classes of SQLSTATEs, by their first two characters, where the state itself has no row.</summary>
    public static IReadOnlyDictionary<string, FaultRow> Classes { get; } = new Dictionary<string, FaultRow>(StringComparer.Ordinal)
    {
        ["08"] = new(FaultKind.Outage),
        ["0A"] = new(FaultKind.Data),
        ["21"] = new(FaultKind.Data),
        ["22"] = new(FaultKind.Data),
        ["23"] = new(FaultKind.Data),
        ["2B"] = new(FaultKind.Data),
        ["38"] = new(FaultKind.Data),
        ["39"] = new(FaultKind.Data),
        ["3F"] = new(FaultKind.Data),
        ["40"] = new(FaultKind.Transient),
        ["42"] = new(FaultKind.Data),
        ["44"] = new(FaultKind.Data),
        ["53"] = new(FaultKind.Outage, FreeSpace),
        ["54"] = new(FaultKind.Data),
        ["55"] = new(FaultKind.Transient),
        ["57"] = new(FaultKind.Outage),
        ["58"] = new(FaultKind.Outage, Storage),
        ["P0"] = new(FaultKind.Data),
    };

    /// <summary>What every state of these severities means: the server refuses or ends the session, whatever was asked in it.</summary>
    private static readonly FaultRow Refused = new(FaultKind.Outage);

    /// <summary>Null for what neither the server nor the driver's connection threw: another table knows it, or none.</summary>
    public static FaultReading? Read(Exception exception)
    {
        for (var at = exception; at is not null; at = at.InnerException)
        {
            if (at is PostgresException postgres)
            {
                return OfServer(postgres);
            }
        }

        return exception switch
        {
            NpgsqlException npgsql => OfConnection(npgsql),
            TimeoutException => new(FaultKind.Outage, exception.Message, Answered: false),
            SocketException when ErrnoFaults.Find(exception) is { } known => OfErrno(known, null),
            _ => null,
        };
    }

    private static FaultReading OfServer(PostgresException exception)
    {
        var words = exception.Detail is { Length: > 0 } detail ? $"{exception.MessageText} ({detail})" : exception.MessageText;
        var row = RowOf(exception.SqlState, exception.InvariantSeverity);
        return new(row?.Kind ?? FaultKind.Unknown, $"{words} [SQLSTATE {exception.SqlState}]", Answered: true, row?.Hint ?? exception.Hint, row?.Full == true);
    }

    /// <remarks>A database with ALLOW_CONNECTIONS false refuses with 55000, a full disk opens no session with XX000: FATAL both.</remarks>
    private static FaultRow? RowOf(string state, string severity)
    {
        var fatal = severity is "FATAL" or "PANIC";
        var row = States.GetValueOrDefault(state) ?? (state.Length == 5 ? Classes.GetValueOrDefault(state[..2]) : null);
        return fatal && row is not { Kind: FaultKind.Outage } ? Refused : row;
    }

    /// <summary>What the driver met on the connection: the innermost errno, otherwise the kind of what broke; an error that names neither is not known.</summary>
    private static FaultReading? OfConnection(NpgsqlException exception)
    {
        (string Words, FaultRow Row)? errno = null;
        Exception? broke = null;
        for (var inner = exception.InnerException; inner is not null; inner = inner.InnerException)
        {
            errno = ErrnoFaults.Find(inner) ?? errno;
            broke = inner is TimeoutException or EndOfStreamException or IOException or SocketException or ObjectDisposedException ? inner : broke;
        }

        return errno is { } known ? OfErrno(known, exception)
            : broke switch
            {
                null => null,
                TimeoutException => new(FaultKind.Outage, exception.Message.TrimEnd('.'), Answered: false),
                EndOfStreamException => new(FaultKind.Outage, "connection lost (closed by the server)", Answered: false),
                _ => new(FaultKind.Outage, $"connection lost ({broke.Message.TrimEnd('.')})", Answered: false),
            };
    }

    /// <remarks>On a connection every errno is an outage, except those that say that this process itself lacks something.</remarks>
    private static FaultReading OfErrno((string Words, FaultRow Row) known, NpgsqlException? exception)
    {
        // Where to it could not connect is in the driver's own message.
        var words = exception is { InnerException: SocketException } && exception.Message.StartsWith("Failed to connect", StringComparison.Ordinal)
            ? $"{exception.Message.TrimEnd('.')} ({known.Words})"
            : known.Words;
        return new(known.Row.Kind, words, Answered: false, known.Row.Hint);
    }
}
