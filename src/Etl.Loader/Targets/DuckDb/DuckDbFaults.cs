using DuckDB.NET.Data;
using DuckDB.NET.Native;

namespace Etl.Loader.Targets.DuckDb;

/// <summary>What a failure of a DuckDB target means for the load, by class of error.</summary>
internal static class DuckDbFaults
{
    private const string LookAtFile = "Look at the file's directory: free space, permissions, whether it is mounted.";

    private static readonly Dictionary<DuckDBErrorType, (FaultKind Kind, string? Hint)> Table = new()
    {
        [DuckDBErrorType.Io] = (FaultKind.Outage, LookAtFile),
        [DuckDBErrorType.Permission] = (FaultKind.Outage, LookAtFile),
        [DuckDBErrorType.Connection] = (FaultKind.Outage, LookAtFile),
        [DuckDBErrorType.Transaction] = (FaultKind.Transient, null),
        [DuckDBErrorType.Interrupt] = (FaultKind.Transient, null),
        [DuckDBErrorType.OutOfMemory] = (FaultKind.Transient, null),
        [DuckDBErrorType.Conversion] = (FaultKind.Data, null),
        [DuckDBErrorType.OutOfRange] = (FaultKind.Data, null),
        [DuckDBErrorType.MismatchType] = (FaultKind.Data, null),
        [DuckDBErrorType.Constraint] = (FaultKind.Data, null),
        [DuckDBErrorType.InvalidInput] = (FaultKind.Data, null),
    };

    public static TargetFault Classify(string target, Exception exception) => exception switch
    {
        FencedException => new TargetFault(FaultKind.Fenced, exception.Message),
        DuckDbUnavailableException unavailable => new TargetFault(FaultKind.Outage, unavailable.Message, unavailable.Hint),
        LoaderException loader => new TargetFault(FaultKind.Data, loader.Message, loader.Hint),
        DuckDbStatementException statement => OfStatement(target, statement),
        DuckDBException driver => OfStatement(target, DuckDbErrors.Read(driver)),
        IOException or UnauthorizedAccessException =>
            new TargetFault(FaultKind.Outage, $"Target '{target}': {exception.Message}", LookAtFile),
        _ => new TargetFault(FaultKind.Unknown, $"Target '{target}': {exception.Message}"),
    };

    /// <summary>True where the statement failed for what stands in the rows or hangs on the table, not for the disk, the memory or the file.</summary>
    public static bool IsOfTheData(DuckDbStatementException exception) => exception.Error is DuckDBErrorType.Constraint
        or DuckDBErrorType.Conversion or DuckDBErrorType.OutOfRange or DuckDBErrorType.MismatchType or DuckDBErrorType.InvalidInput
        or DuckDBErrorType.Binder or DuckDBErrorType.Catalog or DuckDBErrorType.Dependency;

    private static string MoreMemory(string target) =>
        $"Raise Loader:Targets:{target}:MemoryLimit, and see that temporary files have room. DuckDB holds the values of 2,048 rows of a column at a time: "
        + "where they are long, the limit has to be well above 2,048 times their mean length.";

    private static TargetFault OfStatement(string target, DuckDbStatementException exception)
    {
        var (kind, hint) = Table.GetValueOrDefault(exception.Error, (FaultKind.Unknown, null));
        hint = exception.Error == DuckDBErrorType.OutOfMemory ? MoreMemory(target) : hint;
        return new TargetFault(kind, $"Target '{target}': {DuckDbErrors.FirstLines(exception.Message)}", hint);
    }
}
