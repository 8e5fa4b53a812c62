using System.Diagnostics;
using DuckDB.NET.Data;

namespace Etl.Loader.Benchmarks.Comparing;

/// <summary>DuckDB as a person would use it, in this process.</summary>
internal static class DuckDb
{
    /// <summary>Seconds from opening the database file to having closed it.</summary>
    public static async Task<double> RunAsync(string file, string sql, CancellationToken token)
    {
        var began = Stopwatch.GetTimestamp();
        await using (var connection = new DuckDBConnection($"Data Source={file}"))
        {
            await connection.OpenAsync(token);
            await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constant text of a measurement, with the paths of its own files.
            command.CommandText = sql;
#pragma warning restore CA2100
            await command.ExecuteNonQueryAsync(token);
        }

        return Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    /// <summary>A table function for the file, with the types of these columns.</summary>
    public static string ReadCsv(string path, IReadOnlyDictionary<string, string> types) =>
        $"read_csv('{path}', types = {{{string.Join(", ", types.Select(t => $"'{t.Key}': '{t.Value}'"))}}})";
}
