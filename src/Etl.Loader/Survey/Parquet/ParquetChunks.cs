using System.Globalization;
using System.Text;

namespace Etl.Loader.Survey.Parquet;

/// <summary>Gathers a file's row groups to chunks that can be read, checkpointed and repeated on their own.</summary>
internal static class ParquetChunks
{
    /// <summary>The column by which DuckDB finds rows of some row groups; a file that has one of that name is read as a whole.</summary>
    private const string RowNumber = "file_row_number";

    private const string RowGroups =
        """
        SELECT any_value(row_group_num_rows), CAST(sum(total_compressed_size) AS BIGINT), CAST(sum(total_uncompressed_size) AS BIGINT)
        FROM parquet_metadata(@file) GROUP BY row_group_id ORDER BY row_group_id
        """;

    /// <param name="bytes">The file's.</param>
    /// <returns>None where one chunk would be all.</returns>
    public static IReadOnlyList<Chunk> Of(
        ParquetSession session, IReadOnlyList<ParquetColumn> schema, ParquetLimits limits, string sha256, long bytes, CancellationToken token)
    {
        if (schema.Any(column => string.Equals(column.Name, RowNumber, StringComparison.OrdinalIgnoreCase)))
        {
            return [];
        }

        var chunks = new List<Chunk>();
        var hash = new ChunkHash();
        long offset = 0, length = 0, first = 0, rows = 0, size = 0;
        foreach (var group in session.Query(RowGroups.Replace("@file", session.Path, StringComparison.Ordinal), token))
        {
            if (rows >= limits.ChunkRows || size >= limits.ChunkBytes)
            {
                Close();
            }

            rows += Number(group[0]);
            length += Number(group[1]);
            size += Number(group[2]);
        }

        // What is not of row groups (the schema, the index at the end) counts as read with the last.
        length = Math.Max(bytes - offset, 0);
        Close();
        return chunks.Count > 1 ? chunks : [];

        // The survey has seen all bytes: those of a chunk have changed where the file has, or where it is cut otherwise.
        void Close()
        {
            hash.Append(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{sha256} {first}+{rows}")));
            chunks.Add(new Chunk(offset, length, first, rows, first + 1, hash.Finish()));
            (offset, length, first, rows, size) = (offset + length, 0, first + rows, 0, 0);
        }
    }

    private static long Number(object? value) => Convert.ToInt64(value, CultureInfo.InvariantCulture);
}
