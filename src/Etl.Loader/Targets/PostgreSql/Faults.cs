using System.Net.Sockets;
using Etl.Loader.Faults;
using Npgsql;

namespace Etl.Loader.Targets.PostgreSql;

/// <summary>What a failure of a PostgreSQL target means for a load: our own exceptions by their type, all others by the tables of faults.</summary>
internal static class Faults
{
    public static TargetFault Classify(string target, Exception exception) => exception switch
    {
        FencedException fenced => new(FaultKind.Fenced, fenced.Message),
        PublishWaitException waits => new(FaultKind.Busy, waits.Message, waits.Hint),
        DatasetException data => new(FaultKind.Data, data.Message, data.Hint),
        LoaderException loader => new(FaultKind.Data, loader.Message, loader.Hint),
        _ when PostgresFaults.Read(exception) is { } read =>
            new(read.Kind, read.Kind == FaultKind.Data ? read.Words : read.Of($"target {target}"), read.Hint, read.Full),
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
}

/// <summary>Readers were in the way of a publish for longer than the target's <c>PublishWait</c>: the load is set back and costs no attempt.</summary>
internal sealed class PublishWaitException(string message, string hint, Exception? inner = null) : LoaderException(message, hint, inner);
