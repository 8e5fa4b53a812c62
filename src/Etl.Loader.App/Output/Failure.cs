using System.Net.Sockets;
using Etl.Loader.Inboxes;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Etl.Loader.App.Output;

/// <summary>Tells a person what went wrong and what to do, and a script by which number.</summary>
internal static class Failure
{
    private const int Interrupted = 130;

    public static int Report(Exception exception, TextWriter error)
    {
        var (code, message, hint) = Explain(exception);
        if (code is null)
        {
            error.WriteLine($"error: unexpected: {exception}");
            return ExitCodes.Usage;
        }

        if (message is not null)
        {
            error.WriteLine($"error: {message}");
        }

        if (hint is not null)
        {
            error.WriteLine($"  {hint}");
        }

        return code.Value;
    }

    private static (int? Code, string? Message, string? Hint) Explain(Exception exception) => exception switch
    {
        OperationCanceledException => (Interrupted, null, null),
        NotReachableException fault => (ExitCodes.NotReachable, fault.Message, fault.Hint),
        QueueAwayException fault => (ExitCodes.NotReachable, fault.Message, fault.Hint),
        InboxAwayException fault => (ExitCodes.NotReachable, fault.Message, fault.Hint),
        OptionsValidationException fault => (ExitCodes.Usage, fault.Message, "Correct the configuration."),
        LoaderException fault => (ExitCodes.Usage, fault.Message, fault.Hint),
        PostgresException { SqlState: PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName } fault =>
            (ExitCodes.Usage, $"The queue database has not this version's schema: {fault.MessageText}.", "Run: etl-loader migrate"),
        PostgresException { SqlState: PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification } fault =>
            (ExitCodes.Usage, $"The queue database refuses the login: {fault.MessageText}.", "Correct ConnectionStrings:Queue."),
        PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName } fault =>
            (ExitCodes.Usage, $"The queue database is not there: {fault.MessageText}.", "Create it, or correct ConnectionStrings:Queue."),
        NpgsqlException or SocketException or TimeoutException =>
            (ExitCodes.NotReachable, $"The queue database does not answer: {Innermost(exception)}", "Is it running? `etl-loader doctor` checks the connection."),
        _ => (null, null, null),
    };

    private static string Innermost(Exception exception) => exception.InnerException is { } inner ? Innermost(inner) : exception.Message;
}
