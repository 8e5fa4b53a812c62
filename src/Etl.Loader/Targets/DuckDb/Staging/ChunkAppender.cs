using DuckDB.NET.Native;
using Etl.Loader.Survey;
using static DuckDB.NET.Native.NativeMethods;

namespace Etl.Loader.Targets.DuckDb.Staging;

/// <summary>Appends records to a table through data chunks of DuckDB's own layout; values are encoded here and nothing is cast.</summary>
internal sealed class ChunkAppender : IDisposable
{
    /// <summary>DuckDB's vector size; a data chunk holds no more.</summary>
    private const int Capacity = 2048;

    /// <summary>Long values are handed over before so many bytes of them have gathered.</summary>
    private const int MostBytes = 8 << 20;

    /// <summary>
    /// The appender hands rows to the table on its own only after 204,800 of them, and keeps those outside DuckDB's limit: it is asked to after so many, or
    /// after <see cref="MostBytes"/>.
    /// </summary>
    private const int MostRows = 16 * Capacity;

    private readonly DuckDBAppender _appender;
    private readonly DuckDBDataChunk _chunk;
    private readonly DuckDBLogicalType[] _types;
    private readonly VectorWriter[] _writers;
    private readonly int[] _ordinals;
    private int _rows;
    private int _bytes;
    private int _keptRows;
    private int _keptBytes;

    public ChunkAppender(Session session, TableName table, IReadOnlyList<TargetColumn> columns)
    {
        var state = Appender.DuckDBAppenderCreate(session.Native, table.Schema, table.Name, out _appender);
        ThrowOnError(state);
        _types = [.. columns.Select((_, i) => Appender.DuckDBAppenderColumnType(_appender, (ulong)i))];
        _writers = [.. columns.Select((c, i) => new VectorWriter(_types[i], c.Type))];
        _ordinals = [.. columns.Select(c => c.Ordinal)];
        _chunk = DataChunks.DuckDBCreateDataChunk([.. _types.Select(t => t.DangerousGetHandle())], (ulong)_types.Length);
        Attach();
    }

    public long Rows { get; private set; }

    /// <summary>The position of the first column whose value does not fit its type, -1 where the record was taken.</summary>
    public int Add(RecordBatch batch, int row)
    {
        for (var i = 0; i < _writers.Length; i++)
        {
            if (batch.IsNull(row, _ordinals[i]))
            {
                _writers[i].WriteNull(_rows);
            }
            else if (batch.Value(row, _ordinals[i]) is var value && _writers[i].TryWrite(_rows, value))
            {
                _bytes += value.Length;
            }
            else
            {
                return i;
            }
        }

        Rows++;
        if (++_rows == Capacity || _bytes >= MostBytes)
        {
            FlushChunk();
        }

        return -1;
    }

    /// <summary>Hands the last records over; nothing counts before.</summary>
    public void Complete()
    {
        FlushChunk();
        ThrowOnError(Appender.DuckDBAppenderClose(_appender));
    }

    public void Dispose()
    {
        _chunk.Dispose();
        foreach (var type in _types)
        {
            type.Dispose();
        }

        _appender.Dispose();
    }

    private void FlushChunk()
    {
        if (_rows == 0)
        {
            return;
        }

        _ = DataChunks.DuckDBDataChunkSetSize(_chunk, (ulong)_rows);
        ThrowOnError(Appender.DuckDBAppendDataChunk(_appender, _chunk));
        (_keptRows, _keptBytes) = (_keptRows + _rows, _keptBytes + _bytes);
        if (_keptRows >= MostRows || _keptBytes >= MostBytes)
        {
            ThrowOnError(Appender.DuckDBAppenderFlush(_appender));
            (_keptRows, _keptBytes) = (0, 0);
        }

        DataChunks.DuckDBDataChunkReset(_chunk);
        (_rows, _bytes) = (0, 0);
        Attach();
    }

    private void Attach()
    {
        for (var i = 0; i < _writers.Length; i++)
        {
            _writers[i].Attach(DataChunks.DuckDBDataChunkGetVector(_chunk, i));
        }
    }

    private void ThrowOnError(DuckDBState state)
    {
        if (state != DuckDBState.Success)
        {
            using var error = Appender.DuckDBAppenderErrorData(_appender);
            throw ErrorCodes.Read(error.Message ?? "The appender failed without a message.");
        }
    }
}
