using System.Text.Json;
using DuckDB.NET.Data;
using DuckDB.NET.Native;

namespace Etl.Loader.Targets.DuckDb;

/// <summary>
/// Reads what DuckDB says of a failure. Sessions ask for errors as JSON, because a statement that fails while it is prepared comes without
/// an error code, while the JSON always names the class.
/// </summary>
internal static class ErrorCodes
{
    private static readonly Dictionary<string, DuckDBErrorType> Classes = new(StringComparer.OrdinalIgnoreCase)
    {
        ["IO"] = DuckDBErrorType.Io,
        ["Invalid Input"] = DuckDBErrorType.InvalidInput,
        ["Invalid type"] = DuckDBErrorType.InvalidType,
        ["Conversion"] = DuckDBErrorType.Conversion,
        ["Out of Range"] = DuckDBErrorType.OutOfRange,
        ["Mismatch Type"] = DuckDBErrorType.MismatchType,
        ["Constraint"] = DuckDBErrorType.Constraint,
        ["TransactionContext"] = DuckDBErrorType.Transaction,
        ["Out of Memory"] = DuckDBErrorType.OutOfMemory,
        ["Permission"] = DuckDBErrorType.Permission,
        ["INTERRUPT"] = DuckDBErrorType.Interrupt,
        ["FATAL"] = DuckDBErrorType.Fatal,
        ["INTERNAL"] = DuckDBErrorType.Internal,
        ["Serialization"] = DuckDBErrorType.Serialization,
        ["Catalog"] = DuckDBErrorType.Catalog,
        ["Binder"] = DuckDBErrorType.Binder,
        ["Parser"] = DuckDBErrorType.Parser,
        ["Dependency"] = DuckDBErrorType.Dependency,
        ["Not implemented"] = DuckDBErrorType.NotImplemented,
        ["Connection"] = DuckDBErrorType.Connection,
        ["Sequence"] = DuckDBErrorType.Sequence,
    };

    /// <summary>A commit that runs out of memory is reported as a fault of the transaction; only its text says why.</summary>
    private const string NoRoom = "failed to pin block";

    public static DuckDbStatementException Read(DuckDBException exception) => Read(exception.Message, exception.ErrorType, exception);

    public static DuckDbStatementException Read(string message, DuckDBErrorType error = DuckDBErrorType.Invalid, Exception? inner = null)
    {
        var start = message.IndexOf('{', StringComparison.Ordinal);
        if (message.Contains(NoRoom, StringComparison.Ordinal))
        {
            error = DuckDBErrorType.OutOfMemory;
        }

        if (start < 0 || !message.Contains("\"exception_type\"", StringComparison.Ordinal))
        {
            return new DuckDbStatementException(error, message, inner);
        }

        try
        {
            using var json = JsonDocument.Parse(message.AsMemory(start));
            var name = json.RootElement.GetProperty("exception_type").GetString() ?? "";
            var text = json.RootElement.GetProperty("exception_message").GetString() ?? message;
            var known = error != DuckDBErrorType.Invalid ? error : Classes.GetValueOrDefault(name, DuckDBErrorType.Invalid);
            return new DuckDbStatementException(known, $"{name} Error: {text}", inner);
        }
        catch (JsonException)
        {
            return new DuckDbStatementException(error, message, inner);
        }
    }

    /// <summary>The first sentence of a message, without the options that DuckDB appends to errors of its readers.</summary>
    public static string FirstLines(string message)
    {
        var end = message.IndexOf("\n\n", StringComparison.Ordinal);
        return (end < 0 ? message : message[..end]).Replace('\n', ' ').Trim();
    }
}
