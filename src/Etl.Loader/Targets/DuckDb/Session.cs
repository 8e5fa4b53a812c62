using System.Data.Common;
using DuckDB.NET.Data;
using DuckDB.NET.Native;

namespace Etl.Loader.Targets.DuckDb;

/// <summary>
/// The open file, for one thread. Every statement first looks at the token; a statement that runs when the token fires is interrupted and
/// ends as <see cref="OperationCanceledException"/>. Other failures are <see cref="DuckDbStatementException"/>.
/// </summary>
/// <param name="beside">Runs work on another connection to the same open file, under a token of its own.</param>
internal sealed class Session(DuckDBConnection connection, Action<Action<Session>, CancellationToken> beside, CancellationToken token)
{
    public CancellationToken Token => token;

    public DuckDBNativeConnection Native => connection.NativeConnection;

    /// <summary>Runs the work, on the calling thread, in a session of its own to the same open file.</summary>
    public void Beside(Action<Session> work, CancellationToken stop) => beside(work, stop);

    public int Execute(string sql, params object?[] parameters) => Run(sql, parameters, command => command.ExecuteNonQuery());

    public List<T> Query<T>(string sql, Func<DbDataReader, T> map, params object?[] parameters) => Run(sql, parameters, command =>
    {
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
        {
            rows.Add(map(reader));
        }

        return rows;
    });

    /// <summary>The first column of the first row; the default where there is no row or it is null.</summary>
    public T? Scalar<T>(string sql, params object?[] parameters) =>
        Query(sql, r => r.IsDBNull(0) ? default : r.GetFieldValue<T>(0), parameters) is [var first, ..] ? first : default;

    /// <summary>Adds rows to a table, value by value in the table's order; for rows by the thousand, where a statement each would be slow.</summary>
    public void Append<T>(TableName table, IReadOnlyList<T> rows, Action<IDuckDBAppenderRow, T> write)
    {
        token.ThrowIfCancellationRequested();
        if (rows.Count == 0)
        {
            return;
        }

        try
        {
            using var appender = connection.CreateAppender(table.Schema, table.Name);
            foreach (var item in rows)
            {
                token.ThrowIfCancellationRequested();
                var row = appender.CreateRow();
                write(row, item);
                row.EndRow();
            }
        }
        catch (DuckDBException exception)
        {
            throw ErrorCodes.Read(exception);
        }
    }

    /// <summary>Commits what the work did, or rolls it back and passes its exception on.</summary>
    public T InTransaction<T>(Func<T> work)
    {
        Execute("BEGIN TRANSACTION");
        try
        {
            var result = work();
            Execute("COMMIT");
            return result;
        }
        catch
        {
            RollBack();
            throw;
        }
    }

    /// <summary>How far the running statement is, 0 to 100; negative where DuckDB cannot say. From any thread.</summary>
    public double ProgressPercent() => connection.GetQueryProgress().Percentage;

    private void RollBack()
    {
        try
        {
            using var command = connection.CreateCommand();
            command.CommandText = "ROLLBACK";
            command.ExecuteNonQuery();
        }
        catch (DuckDBException)
        {
            // A failed COMMIT has ended the transaction already; closing the file undoes whatever is left.
        }
    }

    private T Run<T>(string sql, object?[] parameters, Func<DuckDBCommand, T> execute)
    {
        token.ThrowIfCancellationRequested();
        try
        {
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            foreach (var parameter in parameters)
            {
                command.Parameters.Add(new DuckDBParameter(parameter ?? DBNull.Value));
            }

            return execute(command);
        }
        catch (DuckDBException exception) when (token.IsCancellationRequested)
        {
            throw new OperationCanceledException("The statement was interrupted.", exception, token);
        }
        catch (DuckDBException exception)
        {
            throw ErrorCodes.Read(exception);
        }
    }
}
