using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Etl.Loader.Survey.Delimited.Scanning;

internal sealed partial class RecordScanner
{
    private const int PlainBlock = 64;

    /// <summary>Where a scan is in the batch's data and fields.</summary>
    private struct Place
    {
        public int Pos;
        public int RecordStart;
        public int FieldStart;
        public int FieldBase;
        public int Next;
    }

    /// <summary>
    /// Takes apart what most text is: fields without quotes in records as wide as the header, 64 bytes at a time and all their fields at
    /// once. Stops before a block that is otherwise, or behind a record that is. Only for delimiters of one byte, and between fields.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private unsafe void ScanPlain(RecordBatch batch, byte* data, int have, ref Place place)
    {
        byte delimiter = dialect.Delimiter[0], quote = dialect.WatchedQuote;
        var emptyIsNull = dialect.EmptyIsNull ? -1 : 0;
        var delimiters = Vector256.Create(delimiter);
        var quotes = Vector256.Create(quote == 0 ? (byte)'\r' : quote);
        var (lineFeeds, returns) = (Vector256.Create((byte)'\n'), Vector256.Create((byte)'\r'));
        var (next, fieldBase, fieldStart, pos) = (place.Next, place.FieldBase, place.FieldStart, place.Pos);
        var last = have - PlainBlock;
        var (mostFields, mostRows) = (batch.Fields.Length - PlainBlock - 2, batch.Lines.Length - PlainBlock - 2);
        fixed (Field* fields = batch.Fields)
        {
            for (; pos <= last && next <= mostFields && batch.Rows <= mostRows && next - fieldBase <= columns + Block; pos += PlainBlock)
            {
                var (low, high) = (Vector256.Load(data + pos), Vector256.Load(data + pos + 32));
                var carriage = Mask(low, high, returns);
                var ends = Mask(low, high, lineFeeds);
                if ((Mask(low, high, quotes) & ~carriage) != 0 || ((carriage << 1) & ~ends) != 0 || (long)carriage < 0)
                {
                    break;
                }

                var marks = Mask(low, high, delimiters) | ends;
                if (fieldStart > pos)
                {
                    // Taken apart already, up to somewhere in this block.
                    var ahead = fieldStart - pos < PlainBlock ? ulong.MaxValue << (fieldStart - pos) : 0;
                    (marks, ends) = (marks & ahead, ends & ahead);
                }

                var first = next;
                for (var rest = marks; rest != 0; rest &= rest - 1)
                {
                    var at = pos + BitOperations.TrailingZeroCount(rest);
                    var length = at - fieldStart;
                    fields[next++] = new(fieldStart, length | (((length - 1) >> 31) & emptyIsNull));
                    fieldStart = at + 1;
                }

                for (; ends != 0; ends &= ends - 1)
                {
                    var bit = BitOperations.TrailingZeroCount(ends);
                    var (at, behind) = (pos + bit, first + BitOperations.PopCount(marks & ((2UL << bit) - 1)));
                    ref var field = ref fields[behind - 1];
                    var lineEnd = at > field.Start && data[at - 1] == '\r' ? 2 : 1;
                    if (lineEnd == 2)
                    {
                        var length = at - 1 - field.Start;
                        field = new(field.Start, length | (((length - 1) >> 31) & emptyIsNull));
                    }

                    LineEnds |= lineEnd;
                    var textEnd = at + 1 - lineEnd;
                    if (behind - fieldBase == columns && textEnd - place.RecordStart <= options.MaxRecordBytes)
                    {
                        batch.Lines[batch.Rows] = _line++;
                        batch.Offsets[batch.Rows++] = _offset + place.RecordStart;
                        _row++;
                        fieldBase = behind;
                        place.RecordStart = at + 1;
                        continue;
                    }

                    next = EndOdd(batch, place.RecordStart, textEnd, at + 1, fieldBase, behind, behind - fieldBase, DamageKind.None, careful: false);
                    _line++;
                    (place.Pos, place.Next, place.FieldBase, place.FieldStart, place.RecordStart) = (pos, next, next, at + 1, at + 1);
                    return;
                }
            }
        }

        (place.Pos, place.Next, place.FieldBase, place.FieldStart) = (pos, next, fieldBase, fieldStart);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mask(Vector256<byte> low, Vector256<byte> high, Vector256<byte> sought) =>
        Vector256.Equals(low, sought).ExtractMostSignificantBits() | ((ulong)Vector256.Equals(high, sought).ExtractMostSignificantBits() << 32);
}
