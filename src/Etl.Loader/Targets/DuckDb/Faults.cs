using DuckDB.NET.Data;
using DuckDB.NET.Native;
using Etl.Loader.Faults;

namespace Etl.Loader.Targets.DuckDb;

/// <summary>What a failure of a DuckDB target means for the load, by class of error.</summary>
internal static class Faults
{
    private const string LookAtFile = "Look at the file's directory: free space, permissions, whether it is mounted.";

    private const string Internal =
        "DuckDB failed on this dataset because of a bug of its own; another attempt would fail the same way. Deliver it in another format, or report the message to DuckDB.";

    /// <summary>Every class of error that has a meaning here; the others are not known, and say so.</summary>
    public static IReadOnlyDictionary<DuckDBErrorType, FaultRow> Table { get; } = new Dictionary<DuckDBErrorType, FaultRow>
    {
        [DuckDBErrorType.Io] = new(FaultKind.Outage, LookAtFile),
        [DuckDBErrorType.Permission] = new(FaultKind.Outage, LookAtFile),
        [DuckDBErrorType.Connection] = new(FaultKind.Outage, LookAtFile),
        [DuckDBErrorType.Transaction] = new(FaultKind.Transient),
        [DuckDBErrorType.Interrupt] = new(FaultKind.Transient),
        [DuckDBErrorType.OutOfMemory] = new(FaultKind.Transient),
        [DuckDBErrorType.Conversion] = new(FaultKind.Data),
        [DuckDBErrorType.OutOfRange] = new(FaultKind.Data),
        [DuckDBErrorType.MismatchType] = new(FaultKind.Data),
        [DuckDBErrorType.Constraint] = new(FaultKind.Data),
        [DuckDBErrorType.InvalidInput] = new(FaultKind.Data),
        [DuckDBErrorType.Internal] = new(FaultKind.Data, Internal),
    };

    public static TargetFault Classify(string target, Exception exception) => exception switch
    {
        FencedException => new TargetFault(FaultKind.Fenced, exception.Message),
        DuckDbUnavailableException unavailable => new TargetFault(FaultKind.Outage, unavailable.Message, unavailable.Hint),
        LoaderException loader => new TargetFault(FaultKind.Data, loader.Message, loader.Hint),
        DuckDbStatementException statement => OfStatement(target, statement),
        DuckDBException driver => OfStatement(target, ErrorCodes.Read(driver)),
        IOException or UnauthorizedAccessException when ErrnoFaults.Find(exception) is { Row: var row } =>
            new TargetFault(row.Kind, $"Target '{target}': {exception.Message}", row.Hint, row.Full),
        _ => new TargetFault(FaultKind.Unknown, $"Target '{target}': {exception.Message}"),
    };

    /// <summary>True where the statement failed for what is in the rows or depends on the table, not for the disk, the memory or the file.</summary>
    public static bool IsOfTheData(DuckDbStatementException exception) => exception.Error is DuckDBErrorType.Constraint
        or DuckDBErrorType.Conversion or DuckDBErrorType.OutOfRange or DuckDBErrorType.MismatchType or DuckDBErrorType.InvalidInput
        or DuckDBErrorType.Binder or DuckDBErrorType.Catalog or DuckDBErrorType.Dependency;

    private static string MoreMemory(string target) =>
        $"Raise Loader:Targets:{target}:MemoryLimit, and make sure that there is space for temporary files. DuckDB holds the values of 2,048 rows of a column at a time: "
        + "where they are long, the limit has to be well above 2,048 times their mean length.";

    private static TargetFault OfStatement(string target, DuckDbStatementException exception)
    {
        var row = Table.GetValueOrDefault(exception.Error);
        var hint = exception.Error == DuckDBErrorType.OutOfMemory ? MoreMemory(target) : row?.Hint;
        return new TargetFault(row?.Kind ?? FaultKind.Unknown, $"Target '{target}': {ErrorCodes.FirstLines(exception.Message)}", hint);
    }
}
