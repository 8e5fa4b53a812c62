using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text.Unicode;
using DuckDB.NET.Native;
using Etl.Loader.Survey;
using Etl.Loader.Survey.JsonLines;
using Etl.Loader.Survey.Types;
using static DuckDB.NET.Native.NativeMethods;

namespace Etl.Loader.Targets.DuckDb.Staging;

/// <summary>Writes canonical text into one column of a data chunk in DuckDB's own layout, without an object per value.</summary>
internal sealed unsafe class VectorWriter
{
    private const int DaysTo2000 = 10_957;
    private const long MicrosTo2000 = 946_684_800_000_000;
    private readonly DuckDBType _type;
    private readonly DuckDBType _storage;
    private readonly int _precision;
    private readonly int _scale;
    private readonly bool _json;
    private readonly int _characters;
    private nint _vector;
    private byte* _data;
    private ulong* _validity;

    /// <param name="type">The column's type in the table.</param>
    /// <param name="column">JSON is stored as text by DuckDB, which does not look at what is appended; nor does it know texts of a limited length.</param>
    public VectorWriter(DuckDBLogicalType type, ColumnType column)
    {
        _type = LogicalType.DuckDBGetTypeId(type);
        _json = column.Kind == TypeKind.Json;
        _characters = column.Kind == TypeKind.Text ? column.Precision : 0;
        if (_type == DuckDBType.Decimal)
        {
            _precision = LogicalType.DuckDBDecimalWidth(type);
            _scale = LogicalType.DuckDBDecimalScale(type);
            _storage = LogicalType.DuckDBDecimalInternalType(type);
        }
    }

    /// <summary>Points the writer at a fresh chunk's column.</summary>
    public void Attach(nint vector)
    {
        _vector = vector;
        Vectors.DuckDBVectorEnsureValidityWritable(vector);
        _data = (byte*)Vectors.DuckDBVectorGetData(vector);
        _validity = Vectors.DuckDBVectorGetValidity(vector);
    }

    public void WriteNull(int row) => _validity[row >> 6] &= ~(1UL << (row & 63));

    /// <summary>False where the text is not a value of the type; the row may be written again.</summary>
    public bool TryWrite(int row, ReadOnlySpan<byte> text)
    {
        _validity[row >> 6] |= 1UL << (row & 63);
        switch (_type)
        {
            case DuckDBType.Varchar:
                return TryText(row, text);
            case DuckDBType.SmallInt when TypeFit.TryInteger(16, text, out var small):
                At<short>(row) = (short)small;
                return true;
            case DuckDBType.Integer when TypeFit.TryInteger(32, text, out var integer):
                At<int>(row) = (int)integer;
                return true;
            case DuckDBType.BigInt:
                return ValueParser.TryBigInt(text, out At<long>(row));
            case DuckDBType.Decimal:
                return TryDecimal(row, text);
            case DuckDBType.Date when ValueParser.TryDate(text, out var days):
                At<int>(row) = days + DaysTo2000;
                return true;
            case DuckDBType.Time:
                return ValueParser.TryTime(text, out At<long>(row));
            case DuckDBType.Timestamp when ValueParser.TryTimestamp(text, out var micros):
            case DuckDBType.TimestampTz when ValueParser.TryTimestampTz(text, out micros):
                At<long>(row) = micros + MicrosTo2000;
                return true;
            case DuckDBType.Boolean when ValueParser.TryBoolean(text, out var flag):
                At<byte>(row) = flag ? (byte)1 : (byte)0;
                return true;
            case DuckDBType.Double:
                return ValueParser.TryFloat8(text, out At<double>(row));
            case DuckDBType.Uuid:
                return TryUuid(row, text);
            case DuckDBType.Blob:
                return TryBytes(row, text);
            default:
                return false;
        }
    }

    private ref T At<T>(int row) where T : unmanaged => ref Unsafe.AsRef<T>(_data + (long)row * sizeof(T));

    private bool TryText(int row, ReadOnlySpan<byte> text)
    {
        if (!Utf8.IsValid(text) || (_json && !JsonNested.IsJson(text)) || !TypeFit.HasLength(_characters, text))
        {
            return false;
        }

        Assign(row, text);
        return true;
    }

    private void Assign(int row, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            byte none = 0;
            Vectors.DuckDBUnsafeVectorAssignStringElementLength(_vector, (ulong)row, bytes.IsEmpty ? &none : start, bytes.Length);
        }
    }

    private bool TryDecimal(int row, ReadOnlySpan<byte> text)
    {
        if (!DecimalText.TryRead(text, _precision, _scale, out var value))
        {
            return false;
        }

        switch (_storage)
        {
            case DuckDBType.SmallInt:
                At<short>(row) = (short)value;
                break;
            case DuckDBType.Integer:
                At<int>(row) = (int)value;
                break;
            case DuckDBType.BigInt:
                At<long>(row) = (long)value;
                break;
            default:
                At<Int128>(row) = value;
                break;
        }

        return true;
    }

    /// <summary>DuckDB keeps UUIDs as 128-bit integers whose sign bit is turned, so that they sort as text does.</summary>
    private bool TryUuid(int row, ReadOnlySpan<byte> text)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (!ValueParser.TryUuid(text, bytes))
        {
            return false;
        }

        At<UInt128>(row) = BinaryPrimitives.ReadUInt128BigEndian(bytes) ^ (UInt128.One << 127);
        return true;
    }

    /// <summary><c>\x</c> and two hexadecimal digits for each byte.</summary>
    private bool TryBytes(int row, ReadOnlySpan<byte> text)
    {
        if (!text.StartsWith("\\x"u8) || text.Length % 2 != 0)
        {
            return false;
        }

        var bytes = new byte[text.Length / 2 - 1];
        if (Convert.FromHexString(text[2..], bytes, out _, out _) != System.Buffers.OperationStatus.Done)
        {
            return false;
        }

        Assign(row, bytes);
        return true;
    }
}
