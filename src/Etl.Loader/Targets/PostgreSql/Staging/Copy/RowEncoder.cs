using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Etl.Loader.Survey;

namespace Etl.Loader.Targets.PostgreSql.Staging.Copy;

/// <summary>
/// Rows of a <see cref="RecordBatch"/> as binary COPY, one after the other into a buffer. Allocates only when a row is longer than the
/// buffer. A row is written whole or not at all.
/// </summary>
internal sealed class RowEncoder(IReadOnlyList<TargetColumn> columns, byte[] buffer)
{
    /// <summary>Bytes beside the text's own that a value may take: its length, the header of a numeric, and what is written behind it.</summary>
    private const int Around = sizeof(int) + 16 + PlainFormat.Slack;

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

    /// <summary>Writes the row; -1 then. Otherwise the index of the first column whose type cannot take its value, and nothing is written.</summary>
    // Compiled at its best from the start: the loop around it runs for a whole file.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int TryWrite(RecordBatch batch, int row)
    {
        var start = _length;
        Ensure(sizeof(short));
        BinaryPrimitives.WriteInt16BigEndian(_buffer.AsSpan(_length), (short)_columns.Length);
        var end = _length + sizeof(short);
        var fields = batch.Fields.AsSpan(row * batch.Columns, batch.Columns);
        ref var data = ref MemoryMarshal.GetArrayDataReference(batch.Data);
        var lastPlain = batch.Data.Length - PlainFormat.Slack;
        for (var i = 0; i < _columns.Length; i++)
        {
            ref readonly var column = ref _columns[i];
            var field = fields[column.Ordinal];
            if (_buffer.Length - end < Around + field.Length)
            {
                _length = end;
                Ensure(Around + Math.Max(0, field.Length));
            }

            ref var to = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_buffer), end + sizeof(int));
            var length = -1;
            if (field.Length >= 0)
            {
                ref var text = ref Unsafe.Add(ref data, field.Start);
                length = field.Start + field.Length > lastPlain
                    ? PlainFormat.Unsure
                    : column.Kind switch
                    {
                        TypeKind.Text when batch.IsCleanText && column.Whole < 0 => Copy(ref text, field.Length, ref to),
                        TypeKind.BigInt => PlainFormat.BigInt(ref text, field.Length, ref to),
                        TypeKind.Numeric => PlainFormat.Numeric(ref text, field.Length, column.Whole, column.Scale, ref to),
                        TypeKind.Date => PlainFormat.Date(ref text, field.Length, ref to),
                        _ => PlainFormat.Unsure,
                    };
                if (length < 0)
                {
                    length = BinaryFormat.Write(column, batch.Data.AsSpan(field.Start, field.Length), _buffer.AsSpan(end + sizeof(int)));
                    if (length < 0)
                    {
                        _length = start;
                        return i;
                    }
                }
            }

            Unsafe.WriteUnaligned(ref Unsafe.Subtract(ref to, sizeof(int)), BinaryPrimitives.ReverseEndianness(length));
            end += sizeof(int) + Math.Max(0, length);
        }

        _length = end;
        return -1;
    }

    /// <summary>Hands out what was written and continues in another buffer.</summary>
    public ArraySegment<byte> Take(byte[] next)
    {
        var written = new ArraySegment<byte>(_buffer, 0, _length);
        (_buffer, _length) = (next, 0);
        return written;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Copy(ref byte text, int length, ref byte to)
    {
        PlainFormat.Copy(ref text, length, ref to);
        return length;
    }

    private void Ensure(int bytes)
    {
        if (_buffer.Length - _length < bytes)
        {
            Array.Resize(ref _buffer, (int)Math.Min(Array.MaxLength, Math.Max(2L * _buffer.Length, (long)_length + bytes)));
        }
    }
}
