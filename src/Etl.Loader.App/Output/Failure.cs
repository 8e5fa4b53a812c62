using System.Net.Sockets;
using Etl.Loader.Inboxes;
using Etl.Loader.Loads;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Etl.Loader.App.Output;

/// <summary>
/// Says to a person what went wrong and what to do, and to a script by which number. A stack trace is printed only where <see cref="TraceVariable"/>
/// is set.
/// </summary>
internal static class Failure
{
    public const string TraceVariable = "ETL_LOADER_TRACE";

    private const int Interrupted = 130;

    public static int Report(Exception exception, Surroundings surroundings)
    {
        var (code, message, hint) = Explain(exception);
        if (message is not null)
        {
            surroundings.Complain(message, hint);
        }

        if (Environment.GetEnvironmentVariable(TraceVariable) is { Length: > 0 })
        {
            surroundings.Error.WriteLine(exception);
        }

        return code;
    }

    private static (int Code, string? Message, string? Hint) Explain(Exception exception) => exception switch
    {
        OperationCanceledException => (Interrupted, null, null),
        NotReachableException fault => (ExitCodes.NotReachable, fault.Message, fault.Hint),
        QueueAwayException fault => (ExitCodes.NotReachable, fault.Message, fault.Hint),
        InboxAwayException fault => (ExitCodes.NotReachable, fault.Message, fault.Hint),
        OptionsValidationException fault => (ExitCodes.Usage, fault.Message, "Correct the configuration."),
        LoaderException fault => (ExitCodes.Usage, fault.Message, fault.Hint),
        PostgresException { SqlState: PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName } fault =>
            (ExitCodes.Usage, $"The schema of the queue database does not match this version: {fault.MessageText}.", "Run: etl-loader migrate"),
        PostgresException { SqlState: PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification } fault =>
            (ExitCodes.Usage, $"The queue database refused the login: {fault.MessageText}.", "Correct ConnectionStrings:Queue."),
        PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName } fault =>
            (ExitCodes.Usage, $"There is no queue database: {fault.MessageText}.", "Create it, or correct ConnectionStrings:Queue."),
        PostgresException fault when !FaultTriage.IsQueueOutage(fault) =>
            (ExitCodes.Usage, $"The queue database refused this: {fault.MessageText} (SQLSTATE {fault.SqlState}).", "Check the permissions of its role, and its schema: etl-loader doctor"),
        NpgsqlException or SocketException or TimeoutException =>
            (ExitCodes.NotReachable, $"The queue database does not answer: {Innermost(exception)}", "Is it running? `etl-loader doctor` checks the connection."),
        IOException or UnauthorizedAccessException => (ExitCodes.Usage, exception.Message, "Check the path, and who may read and write there."),
        _ => (ExitCodes.Usage, $"unexpected {exception.GetType().Name}: {exception.Message}", $"This is a bug in etl-loader. Report it with the output of the same command under {TraceVariable}=1."),
    };

    private static string Innermost(Exception exception) => exception.InnerException is { } inner ? Innermost(inner) : exception.Message;
}
