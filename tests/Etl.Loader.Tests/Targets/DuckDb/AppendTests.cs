using DuckDB.NET.Data;
using Etl.Loader.Survey;
using Etl.Loader.Targets;
using Etl.Loader.Targets.DuckDb;
using Etl.Loader.Targets.DuckDb.Files;

namespace Etl.Loader.Tests.Targets.DuckDb;

public class AppendTests
{
    [Fact]
    public void Rejects_are_written_no_further_than_their_cancel()
    {
        using var cancel = new CancellationTokenSource();
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        using (var command = connection.CreateCommand())
        {
            command.CommandText = "CREATE TABLE rejects (line BIGINT)";
            command.ExecuteNonQuery();
        }

        var session = new Session(connection, (_, _) => throw new NotSupportedException(), cancel.Token);
        var moment = Random.Shared.Next(0, 100_000);
        var written = 0;
        Assert.ThrowsAny<OperationCanceledException>(() => session.Append(new TableName("main", "rejects"), new int[200_000], (row, line) =>
        {
            row.AppendValue((long)line);
            if (written++ == moment)
            {
                cancel.Cancel();
            }
        }));
        Assert.Equal(moment + 1, written);
    }
}
