using DuckDB.NET.Native;

namespace Etl.Loader.Targets.DuckDb;

/// <summary>The file cannot be used now: another process holds it, or it or its directory is out of reach. Heals on its own or by an operator.</summary>
internal sealed class DuckDbUnavailableException(string message, string? hint = null, Exception? inner = null) : LoaderException(message, hint, inner);

/// <summary>A statement that DuckDB refused, with DuckDB's own class of error.</summary>
internal sealed class DuckDbStatementException(DuckDBErrorType error, string message, Exception? inner = null) : Exception(message, inner)
{
    public DuckDBErrorType Error { get; } = error;
}
