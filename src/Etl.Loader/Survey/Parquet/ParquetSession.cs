using System.Globalization;
using DuckDB.NET.Data;
using DuckDB.NET.Native;
using Etl.Loader.Files;
using Etl.Loader.Survey.Streams;
using Microsoft.Win32.SafeHandles;

namespace Etl.Loader.Survey.Parquet;

/// <summary>
/// DuckDB in memory, as a reader of one Parquet file and nothing else: no other file, no extension, UTC, bounded memory. It is given the open file and
/// never its name, which it would take apart (patterns, <c>key=value</c> directories, addresses). What it cannot read becomes a
/// <see cref="DatasetException"/> that names the file.
/// </summary>
internal sealed class ParquetSession : IDisposable
{
    /// <summary>Nothing is read out of the file's name.</summary>
    private const string Options = "hive_partitioning = false, union_by_name = false, filename = false";

    private readonly SourceFile _file;
    private readonly int _megabytes;
    private readonly SafeFileHandle _handle;
    private readonly string _path;
    private readonly DuckDBConnection _connection = new("DataSource=:memory:");

    public ParquetSession(SourceFile file, ParquetLimits limits)
    {
        _file = file;
        _megabytes = limits.MemoryMegabytes;
        _handle = DataStreams.OpenHandle(file);
        _path = HandlePath.Of(_handle, file.Path);
        try
        {
            _connection.Open();
            Configure(limits);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public DuckDBNativeConnection Native => _connection.NativeConnection;

    /// <summary>The file as a literal, for <c>parquet_schema</c>.</summary>
    public string Path => Literal(_path);

    /// <summary>The file as a relation whose columns are c0, c1, … whatever their names.</summary>
    public string Relation(int columns) =>
        $"read_parquet({Path}, {Options}) AS file ({Names(columns)})";

    /// <summary>The same of some rows, which DuckDB finds without reading the other row groups.</summary>
    public string Relation(int columns, Chunk chunk) => string.Create(
        CultureInfo.InvariantCulture,
        $"read_parquet({Path}, {Options}, file_row_number = true) AS file ({Names(columns)}) "
        + $"WHERE file_row_number >= {chunk.FirstRow} AND file_row_number < {chunk.FirstRow + chunk.Rows}");

    /// <summary>The same with each row's number, from 1.</summary>
    public string Numbered(int columns) => $"(SELECT row_number() OVER () AS row_number, * FROM {Relation(columns)})";

    /// <summary>The file under the names and types that DuckDB gives its columns.</summary>
    public string Described => $"DESCRIBE SELECT * FROM read_parquet({Path}, {Options})";

    /// <summary>All rows of a small result.</summary>
    public List<object?[]> Query(string sql, CancellationToken token)
    {
        try
        {
            using var interrupt = token.Register(() => NativeMethods.Startup.DuckDBInterrupt(_connection.NativeConnection));
            using var command = _connection.CreateCommand();
            command.CommandText = sql;
            using var reader = command.ExecuteReader();
            List<object?[]> rows = [];
            while (reader.Read())
            {
                var row = new object?[reader.FieldCount];
                for (var i = 0; i < row.Length; i++)
                {
                    row[i] = reader.IsDBNull(i) ? null : reader.GetValue(i);
                }

                rows.Add(row);
            }

            return rows;
        }
        catch (DuckDBException exception)
        {
            token.ThrowIfCancellationRequested();
            throw Fault(exception.ErrorType, exception.Message, exception);
        }
    }

    /// <summary>What DuckDB says of the file, under the name that its producer knows it by.</summary>
    public DatasetException Fault(DuckDBErrorType type, string message, Exception? inner = null)
    {
        var reason = message.Replace(_path, _file.Name, StringComparison.Ordinal).Split('\n')[0];
        if (type == DuckDBErrorType.Permission)
        {
            // The path that it was allowed no longer leads to where it did.
            return ChangedFile.Fault(_file, "it was moved or removed");
        }

        return type == DuckDBErrorType.OutOfMemory || reason.StartsWith("Out of Memory", StringComparison.Ordinal)
            ? new(
                $"{_file.Name} needs more than the {_megabytes} MB of memory that Parquet files are given: {reason}",
                "Write it with smaller row groups and pages (DuckDB: ROW_GROUP_SIZE 122880; pyarrow: row_group_size=122880) and deliver it again.",
                _file.Name,
                inner: inner)
            : new($"{_file.Name} cannot be read as Parquet: {reason}", HintFor(reason), _file.Name, inner: inner);
    }

    private static string HintFor(string reason) =>
        reason.Contains("ncrypt", StringComparison.Ordinal) ? "The file is encrypted and its key is not known. Write it without encryption and deliver it again."
        : reason.Contains("LZ4", StringComparison.OrdinalIgnoreCase) || reason.Contains("codec", StringComparison.OrdinalIgnoreCase)
            ? "Write it with another compression (snappy, zstd or gzip) and deliver it again."
        : "Write the file again and deliver it.";

    public void Dispose()
    {
        _connection.Dispose();
        _handle.Dispose();
    }

    private static string Names(int columns) =>
        string.Join(", ", Enumerable.Range(0, columns).Select(column => string.Create(CultureInfo.InvariantCulture, $"c{column}")));

    /// <summary>Quotes a text for SQL; standard strings know no other escape.</summary>
    private static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    private void Configure(ParquetLimits limits)
    {
        string[] settings =
        [
            "SET TimeZone = 'UTC'",
            string.Create(CultureInfo.InvariantCulture, $"SET memory_limit = '{limits.MemoryMegabytes}MB'"),
            string.Create(CultureInfo.InvariantCulture, $"SET threads = {limits.Threads}"),
            "SET enable_external_file_cache = false",

            // Checks of values are made on the values: the statistics in a file may be wrong, and a check that they prove is left out.
            "SET disabled_optimizers = 'statistics_propagation'",
            "SET autoinstall_known_extensions = false",
            "SET autoload_known_extensions = false",
            "SET temp_directory = ''",
            $"SET allowed_paths = [{Path}]",
            "SET enable_external_access = false",
            "SET lock_configuration = true",
        ];
        foreach (var setting in settings)
        {
            Query(setting, CancellationToken.None);
        }
    }
}
