using System.Runtime.CompilerServices;
using DuckDB.NET.Native;

namespace Etl.Loader.Survey.Parquet;

/// <summary>
/// The rows of a query whose columns are texts, numbers or dates, chunk by chunk as DuckDB makes them: values are read where they lie, without
/// an object for each.
/// </summary>
internal sealed unsafe class ParquetStream : IDisposable
{
    private readonly ParquetSession _session;
    private readonly nint[] _data;
    private readonly nint[] _validity;
    private DuckDBPreparedStatement? _statement;
    private DuckDBResult _result;
    private DuckDBDataChunk? _chunk;
    private bool _executed;
    private bool _ended;

    public ParquetStream(ParquetSession session, string sql)
    {
        _session = session;
        try
        {
            if (NativeMethods.PreparedStatements.DuckDBPrepare(session.Native, sql, out _statement) != DuckDBState.Success)
            {
                throw session.Fault(DuckDBErrorType.InvalidInput, NativeMethods.PreparedStatements.DuckDBPrepareError(_statement));
            }

            var state = NativeMethods.PreparedStatements.DuckDBExecutePreparedStreaming(_statement, out _result);
            _executed = true;
            if (state != DuckDBState.Success)
            {
                throw Fault();
            }
        }
        catch
        {
            Dispose();
            throw;
        }

        var columns = (int)NativeMethods.Query.DuckDBColumnCount(ref _result);
        (_data, _validity) = (new nint[columns], new nint[columns]);
    }

    /// <summary>Rows of the chunk at hand.</summary>
    public int Rows { get; private set; }

    /// <summary>Goes to the next chunk; false behind the last.</summary>
    public bool TryRead()
    {
        _chunk?.Dispose();
        _chunk = null;
        Rows = 0;
        if (_ended)
        {
            return false;
        }

        _chunk = NativeMethods.StreamingResult.DuckDBStreamFetchChunk(_result);
        if (_chunk.IsInvalid)
        {
            // The end and a fault look the same but for the message, and DuckDB takes it ill to be asked again.
            _ended = true;
            return NativeMethods.Query.DuckDBResultError(ref _result) is { Length: > 0 } ? throw Fault() : false;
        }

        Rows = (int)NativeMethods.DataChunks.DuckDBDataChunkGetSize(_chunk);
        for (var column = 0; column < _data.Length; column++)
        {
            var vector = NativeMethods.DataChunks.DuckDBDataChunkGetVector(_chunk, column);
            _data[column] = (nint)NativeMethods.Vectors.DuckDBVectorGetData(vector);
            _validity[column] = (nint)NativeMethods.Vectors.DuckDBVectorGetValidity(vector);
        }

        return Rows > 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsNull(int row, int column)
    {
        var validity = (ulong*)_validity[column];
        return validity != null && (validity[row >> 6] & 1UL << (row & 63)) == 0;
    }

    /// <summary>The value of a column of numbers or dates.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long Number(int row, int column, int bytes) => bytes switch
    {
        1 => ((sbyte*)_data[column])[row],
        2 => ((short*)_data[column])[row],
        4 => ((int*)_data[column])[row],
        _ => ((long*)_data[column])[row],
    };

    /// <summary>The value of a column of texts. Valid until the next chunk.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<byte> Value(int row, int column)
    {
        // A string has 16 bytes: its length, then up to 12 bytes of text, or 4 of them and a pointer to the whole.
        var text = (byte*)_data[column] + row * 16L;
        var length = *(int*)text;
        return new(length <= 12 ? text + 4 : *(byte**)(text + 8), length);
    }

    public void Dispose()
    {
        _chunk?.Dispose();
        _chunk = null;
        if (_executed)
        {
            NativeMethods.Query.DuckDBDestroyResult(ref _result);
            _executed = false;
        }

        _statement?.Dispose();
        _statement = null;
    }

    private DatasetException Fault() =>
        _session.Fault(NativeMethods.Query.DuckDBResultErrorType(ref _result), NativeMethods.Query.DuckDBResultError(ref _result));
}
