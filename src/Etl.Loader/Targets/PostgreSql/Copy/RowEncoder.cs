using System.Buffers.Binary;
using Etl.Loader.Survey;

namespace Etl.Loader.Targets.PostgreSql.Copy;

/// <summary>
/// Rows of a <see cref="RecordBatch"/> as binary COPY, one after the other into a buffer. Allocates only when a row is longer than the
/// buffer. A row is written whole or not at all.
/// </summary>
internal sealed class RowEncoder(IReadOnlyList<TargetColumn> columns, byte[] buffer)
{
    /// <summary>Signature, flags and extension length, with which a binary COPY begins.</summary>
    private static readonly byte[] Signature = [.. "PGCOPY\n"u8, 0xFF, (byte)'\r', (byte)'\n', 0, 0, 0, 0, 0, 0, 0, 0, 0];

    private readonly BinaryColumn[] _columns = [.. columns.Select(BinaryColumn.Of)];
    private byte[] _buffer = buffer;
    private int _length;

    /// <summary>Bytes written and not yet taken away.</summary>
    public int Length => _length;

    public void WriteHeader()
    {
        Ensure(Signature.Length);
        Signature.CopyTo(_buffer, _length);
        _length += Signature.Length;
    }

    public void WriteTrailer()
    {
        Ensure(sizeof(short));
        BinaryPrimitives.WriteInt16BigEndian(_buffer.AsSpan(_length), -1);
        _length += sizeof(short);
    }

    /// <summary>Writes the row; -1 then. Else the index of the first column whose type cannot take its value, and nothing is written.</summary>
    public int TryWrite(RecordBatch batch, int row)
    {
        var start = _length;
        Ensure(sizeof(short));
        BinaryPrimitives.WriteInt16BigEndian(_buffer.AsSpan(_length), (short)_columns.Length);
        _length += sizeof(short);
        var fields = batch.Fields.AsSpan(row * batch.Columns, batch.Columns);
        for (var i = 0; i < _columns.Length; i++)
        {
            ref readonly var column = ref _columns[i];
            var field = fields[column.Ordinal];
            var length = -1;
            Ensure(sizeof(int) + BinaryFormat.MaxBytes(Math.Max(0, field.Length)));
            if (field.Length >= 0)
            {
                length = BinaryFormat.Write(column, batch.Data.AsSpan(field.Start, field.Length), _buffer.AsSpan(_length + sizeof(int)));
                if (length < 0)
                {
                    _length = start;
                    return i;
                }
            }

            BinaryPrimitives.WriteInt32BigEndian(_buffer.AsSpan(_length), length);
            _length += sizeof(int) + Math.Max(0, length);
        }

        return -1;
    }

    /// <summary>Hands out what was written and goes on in another buffer.</summary>
    public ArraySegment<byte> Take(byte[] next)
    {
        var written = new ArraySegment<byte>(_buffer, 0, _length);
        (_buffer, _length) = (next, 0);
        return written;
    }

    private void Ensure(int bytes)
    {
        if (_buffer.Length - _length < bytes)
        {
            Array.Resize(ref _buffer, (int)Math.Min(Array.MaxLength, Math.Max(2L * _buffer.Length, (long)_length + bytes)));
        }
    }
}
