using System.Globalization;
using System.Numerics;
using Etl.Loader.Survey.Streams;
using ParquetSharp;
using ParquetSharp.IO;

namespace Etl.Loader.Survey.Parquet;

/// <summary>
/// Looks at values as they are in the file, where DuckDB would cut them without a word: every value is inside of the column's declared range and every list is whole, or the file is refused.
/// Only columns that have a <see cref="ParquetRawRange"/> are read, by Apache Arrow's reader, some thousand values at a time.
/// </summary>
internal sealed class ParquetRawValues(SourceFile file, CancellationToken token)
{
    private const int Batch = 8192;
    private const int BufferBytes = 1024 * 1024;

    private readonly short[] _definitions = new short[Batch];
    private readonly short[] _repetitions = new short[Batch];

    /// <summary>Throws <see cref="DatasetException"/> for a value beyond its column's range, with its row.</summary>
    public void Verify(IReadOnlyList<ParquetRawRange> ranges)
    {
        if (ranges.Count == 0)
        {
            return;
        }

        var range = ranges[0];
        try
        {
            using var properties = ReaderProperties.GetDefaultReaderProperties();
            properties.EnableBufferedStream();
            properties.BufferSize = BufferBytes;
            using var bytes = DataStreams.OpenRaw(file);
            using var source = new ManagedRandomAccessFile(bytes);
            using var reader = new ParquetFileReader(source, properties);
            for (var (group, first) = (0, 0L); group < reader.FileMetaData.NumRowGroups; group++)
            {
                using var rows = reader.RowGroup(group);
                foreach (var next in ranges)
                {
                    range = next;
                    using var column = rows.Column(range.Leaf);
                    Verify(column, range, first, rows.MetaData.NumRows);
                }

                first += rows.MetaData.NumRows;
            }
        }
        catch (Exception exception) when (exception is ParquetException or NotSupportedException or OverflowException or ArgumentException or IndexOutOfRangeException)
        {
            throw new DatasetException(
                $"{file.Name}: the values of column {range.Name} cannot be checked against its type, {range.Declared}: {Reason(exception.Message)}",
                "Write the file again, or the column with a type as wide as its values (DuckDB: integer, timestamp; Spark: outputTimestampType TIMESTAMP_MICROS).",
                file.Name,
                column: range.Name,
                inner: exception);
        }
    }

    private void Verify(ColumnReader column, ParquetRawRange range, long first, long rows)
    {
        switch (column)
        {
            case ColumnReader<bool> values:
                Verify(values, range, first, rows, static (_, _) => null);
                break;
            case ColumnReader<float> values:
                Verify(values, range, first, rows, static (_, _) => null);
                break;
            case ColumnReader<double> values:
                Verify(values, range, first, rows, static (_, _) => null);
                break;
            case ColumnReader<int> numbers:
                Verify(numbers, range, first, rows, static (value, range) => range.Holds(value) ? null : Beyond(value, range));
                break;
            case ColumnReader<long> numbers:
                Verify(numbers, range, first, rows, static (value, range) => range.Holds(value) ? null : Beyond(value, range));
                break;
            case ColumnReader<Int96> moments:
                Verify(moments, range, first, rows, static (value, _) => Beyond(value));
                break;
            case ColumnReader<ByteArray> numbers:
                Verify(numbers, range, first, rows, static (value, range) => Beyond(Bytes(value.Pointer, value.Length), range));
                break;
            case ColumnReader<FixedLenByteArray> values:
                var length = column.ColumnDescriptor.TypeLength;
                Verify(values, range, first, rows, (value, range) => Beyond(Bytes(value.Pointer, length), range));
                break;
            default:
                throw new NotSupportedException($"it is kept as {column.Type}.");
        }
    }

    private void Verify<T>(ColumnReader<T> column, ParquetRawRange range, long first, long rows, Func<T, ParquetRawRange, string?> beyond)
        where T : unmanaged
    {
        var (definition, repetition) = (column.ColumnDescriptor.MaxDefinitionLevel, column.ColumnDescriptor.MaxRepetitionLevel);
        var values = new T[Batch];
        var row = first;
        while (column.HasNext)
        {
            token.ThrowIfCancellationRequested();
            var levels = column.ReadBatch(Batch, _definitions, _repetitions, values, out var count);
            if (levels == 0)
            {
                break;
            }

            var value = 0;
            for (var i = 0; i < levels; i++)
            {
                row += repetition == 0 || _repetitions[i] == 0 ? 1 : 0;
                if (row == first)
                {
                    throw new NotSupportedException("its first value continues a list that never began.");
                }

                if ((definition == 0 || _definitions[i] == definition) && values[value++] is var raw && range.Form != RawForm.Listed && beyond(raw, range) is { } what)
                {
                    throw new DatasetException(
                        $"{file.Name}, row {row}: column {range.Name} has {what}.",
                        "Correct the value, or write the column with a type that holds it, and deliver the file again.",
                        file.Name,
                        row,
                        range.Name);
                }
            }

            if (value != count)
            {
                throw new NotSupportedException("its nulls and its values do not add up.");
            }
        }

        if (row != first + rows)
        {
            throw new NotSupportedException($"it has {Amounts.Counted(row - first, "row")} where its file has {rows}.");
        }
    }

    private static string Beyond(BigInteger value, ParquetRawRange range) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Shown(value, range.Scale)}, which is no {range.Declared}{(range.Multiple == 1 ? $" (from {Shown(range.Least, range.Scale)} to {Shown(range.Most, range.Scale)})" : "")}");

    private static string Shown(BigInteger value, int scale) => scale == 0
        ? value.ToString(CultureInfo.InvariantCulture)
        : (value.Sign < 0 ? "-" : "") + BigInteger.Abs(value).ToString(CultureInfo.InvariantCulture).PadLeft(scale + 1, '0') is var digits
            ? digits.Insert(digits.Length - scale, ".")
            : "";

    private static string? Beyond(ReadOnlySpan<byte> value, ParquetRawRange range)
    {
        if (range.Form == RawForm.Number)
        {
            return new BigInteger(value, isBigEndian: true) is var number && range.Holds(number) ? null : Beyond(number, range);
        }

        for (var part = 0; part + 4 <= Math.Min(value.Length, 8); part += 4)
        {
            if (BitConverter.ToUInt32(value[part..]) is var amount && !range.Holds(amount))
            {
                return Beyond(amount, range);
            }
        }

        return null;
    }

    private static string? Beyond(Int96 moment)
    {
        const long day = 86_400_000_000_000;
        const int epoch = 2_440_588, furthest = 106_751_990;
        var nanoseconds = (long)((ulong)(uint)moment.A | (ulong)(uint)moment.B << 32);
        if (nanoseconds is < 0 or >= day || Math.Abs((long)moment.C - epoch) > furthest)
        {
            return string.Create(CultureInfo.InvariantCulture, $"an INT96 timestamp that no calendar has: day {moment.C}, {nanoseconds} nanoseconds of the day");
        }

        return nanoseconds % 1000 == 0
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"an INT96 timestamp with {nanoseconds % 1000} nanoseconds behind its microseconds, which would be cut off");
    }

    /// <summary>Arrow wraps what it says: <c>N7parquet16ParquetExceptionE (message: '…')</c>.</summary>
    private static string Reason(string message)
    {
        const string begin = "(message: '";
        var text = message.IndexOf(begin, StringComparison.Ordinal) is var at and >= 0 ? message[(at + begin.Length)..].TrimEnd(')', '\'') : message;
        return text.Split('\n')[0];
    }

    private static unsafe ReadOnlySpan<byte> Bytes(IntPtr at, int length) => new((void*)at, length);
}
