using DuckDB.NET.Data;
using Etl.Loader.Survey;

namespace Etl.Loader.Tests.Survey.Formats;

/// <summary>Parquet as DuckDB writes it.</summary>
internal static class ParquetFile
{
    /// <param name="options">More of them, each after a comma.</param>
    public static SourceFile Write(string directory, string sql, string options = "", string name = "data.parquet")
    {
        var written = Path.Combine(directory, "written");
        using (var connection = new DuckDBConnection("DataSource=:memory:"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = $"SET TimeZone = 'UTC'; COPY ({sql}) TO '{written}' (FORMAT parquet{options})";
            command.ExecuteNonQuery();
        }

        var path = Path.Combine(directory, name);
        File.Move(written, path, overwrite: true);
        return new SourceFile(name, path);
    }
}
