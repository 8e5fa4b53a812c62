using System.Diagnostics;

namespace Etl.Loader;

/// <summary>
/// Where a test may have the process die as if by <c>kill -9</c>: immediately before a named statement, and so after everything that was done before it.
/// Without the environment variable nothing happens here.
/// </summary>
internal static class CrashPoint
{
    /// <summary>Names the point: the statement's file and its name, as <c>Ledger/Sql/attempt.sql:finish_attempt</c>.</summary>
    public const string Variable = "ETL_LOADER_CRASH_BEFORE";

    private static readonly string? Chosen = Environment.GetEnvironmentVariable(Variable);

    public static string Name(string source, string statement) => $"{source}:{statement}";

    public static void Pass(string source, string statement)
    {
        if (Chosen is null || Chosen != Name(source, statement))
        {
            return;
        }

        // No handler, no finally, no flush runs after this; other threads may come a little further.
        using var self = Process.GetCurrentProcess();
        self.Kill();
        self.WaitForExit();
    }
}
