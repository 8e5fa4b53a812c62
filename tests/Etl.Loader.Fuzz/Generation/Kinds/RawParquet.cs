using System.Buffers.Binary;
using System.Text;

namespace Etl.Loader.Fuzz.Generation.Kinds;

/// <summary>A column with whatever its file is to say of it, and whatever is in it.</summary>
/// <param name="Physical">As Parquet numbers them: 1 INT32, 2 INT64, 3 INT96, 6 BYTE_ARRAY, 7 FIXED_LEN_BYTE_ARRAY.</param>
/// <param name="Values">Each as it is in a page; null for a null.</param>
internal sealed record RawColumn(string Name, int Physical, IReadOnlyList<byte[]?> Values)
{
    public int? Length { get; init; }

    /// <summary>As Parquet numbers the converted types.</summary>
    public int? Converted { get; init; }

    public (int Precision, int Scale)? Decimal { get; init; }

    /// <summary>The logical type's field in the union, and what is in it.</summary>
    public (int Field, byte[] Content)? Logical { get; init; }

    /// <summary>What the file says of its least and greatest value, which need not be so.</summary>
    public (byte[] Least, byte[] Most)? Statistics { get; init; }

    public bool Dictionary { get; init; }

    /// <summary>Each row is a list: the repetition level of each value, and how many rows the file says there are. Of the only column of a file.</summary>
    public (IReadOnlyList<byte> Levels, int Rows)? Lists { get; init; }

    public bool Optional => Values.Any(value => value is null);
}

/// <summary>Writes Parquet byte by byte, so that a file can hold what no library would write: values beyond their declaration and false statistics.</summary>
internal sealed class RawParquet
{
    private const int I32 = 5, I64 = 6, Binary = 8, List = 9, Struct = 12, True = 1, False = 2;

    private readonly MemoryStream _file = new();

    /// <param name="rowsInGroup">Rows of each row group.</param>
    public static byte[] Write(IReadOnlyList<RawColumn> columns, int rowsInGroup = int.MaxValue) => new RawParquet().Make(columns, rowsInGroup);

    public static byte[] Of(int value) => Little(4, span => BinaryPrimitives.WriteInt32LittleEndian(span, value));

    public static byte[] Of(long value) => Little(8, span => BinaryPrimitives.WriteInt64LittleEndian(span, value));

    public static byte[] Int96(long nanoseconds, int day) => [.. Of(nanoseconds), .. Of(day)];

    /// <summary>A value of the union of time units, with whether it is adjusted to UTC.</summary>
    /// <param name="unit">1 milliseconds, 2 microseconds, 3 nanoseconds.</param>
    public static byte[] Time(bool utc, int unit) => Fields((1, utc ? True : False, []), (2, Struct, Fields((unit, Struct, [0]))));

    private byte[] Make(IReadOnlyList<RawColumn> columns, int rowsInGroup)
    {
        _file.Write("PAR1"u8);
        var rows = columns[0].Lists?.Rows ?? columns[0].Values.Count;
        var groups = new List<byte[]>();
        for (var first = 0; first < rows; first += Math.Min(rowsInGroup, rows))
        {
            var count = Math.Min(rowsInGroup, rows - first);
            var chunks = columns.Select(column => Chunk(column, column.Lists is null ? column.Values.Skip(first).Take(count).ToList() : [.. column.Values], column.Optional)).ToList();
            groups.Add(Fields((1, List, Structs(chunks)), (2, I64, Signed(1)), (3, I64, Signed(count))));
        }

        var footer = Fields(
            (1, I32, Signed(2)),
            (2, List, Structs([Fields((4, Binary, Text("schema")), (5, I32, Signed(columns.Count))), .. columns.Select(Element)])),
            (3, I64, Signed(rows)),
            (4, List, Structs(groups)));
        _file.Write(footer);
        _file.Write(Of(footer.Length));
        _file.Write("PAR1"u8);
        return _file.ToArray();
    }

    private static byte[] Element(RawColumn column)
    {
        var fields = new List<(int, int, byte[])> { (1, I32, Signed(column.Physical)) };
        Add(2, column.Length);
        Add(3, column.Lists is not null ? 2 : column.Optional ? 1 : 0);
        fields.Add((4, Binary, Text(column.Name)));
        Add(6, column.Converted);
        Add(7, column.Decimal?.Scale);
        Add(8, column.Decimal?.Precision);
        if (column.Logical is { } logical)
        {
            fields.Add((10, Struct, Fields((logical.Field, Struct, logical.Content))));
        }

        return Fields([.. fields]);

        void Add(int id, int? value)
        {
            if (value is { } number)
            {
                fields.Add((id, I32, Signed(number)));
            }
        }
    }

    private byte[] Chunk(RawColumn column, List<byte[]?> values, bool optional)
    {
        var start = _file.Position;
        var there = values.OfType<byte[]>().ToList();
        var known = there.DistinctBy(Convert.ToHexString).ToList();
        var dictionary = column.Dictionary && known.Count is > 0 and < 128;
        if (dictionary)
        {
            var content = known.SelectMany(value => Plain(column, value)).ToArray();
            Page(2, content, (7, Struct, Fields((1, I32, Signed(known.Count)), (2, I32, Signed(0)))));
        }

        var data = _file.Position;
        var page = new List<byte>();
        if (column.Lists is var (repetitions, _))
        {
            byte[] levels = [.. repetitions.SelectMany(level => (byte[])[2, level])];
            page.AddRange([.. Of(levels.Length), .. levels]);
        }

        if (optional || column.Lists is not null)
        {
            byte[] levels = [.. values.SelectMany(value => (byte[])[2, value is null ? (byte)0 : (byte)1])];
            page.AddRange([.. Of(levels.Length), .. levels]);
        }

        if (dictionary)
        {
            var places = known.Select((value, place) => (Key: Convert.ToHexString(value), place)).ToDictionary(pair => pair.Key, pair => (byte)pair.place);
            page.AddRange([8, .. there.SelectMany(value => (byte[])[2, places[Convert.ToHexString(value)]])]);
        }
        else
        {
            page.AddRange(there.SelectMany(value => Plain(column, value)));
        }

        Page(0, [.. page], (5, Struct, Fields((1, I32, Signed(values.Count)), (2, I32, Signed(dictionary ? 8 : 0)), (3, I32, Signed(3)), (4, I32, Signed(3)))));
        var fields = new List<(int, int, byte[])>
        {
            (1, I32, Signed(column.Physical)), (2, List, [0x35, .. Signed(0), .. Signed(3), .. Signed(8)]), (3, List, [0x18, .. Text(column.Name)]), (4, I32, Signed(0)),
            (5, I64, Signed(values.Count)), (6, I64, Signed(_file.Position - start)), (7, I64, Signed(_file.Position - start)), (9, I64, Signed(data)),
        };
        if (dictionary)
        {
            fields.Add((11, I64, Signed(start)));
        }

        if (column.Statistics is var (least, most))
        {
            fields.Add((12, Struct, Fields((1, Binary, Sized(most)), (2, Binary, Sized(least)), (3, I64, Signed(values.Count - there.Count)), (5, Binary, Sized(most)), (6, Binary, Sized(least)))));
        }

        return Fields((2, I64, Signed(start)), (3, Struct, Fields([.. fields])));
    }

    private void Page(int type, byte[] content, (int, int, byte[]) head)
    {
        _file.Write(Fields((1, I32, Signed(type)), (2, I32, Signed(content.Length)), (3, I32, Signed(content.Length)), head));
        _file.Write(content);
    }

    private static byte[] Plain(RawColumn column, byte[] value) => column.Physical == 6 ? [.. Of(value.Length), .. value] : value;

    private static byte[] Fields(params (int Id, int Type, byte[] Value)[] fields)
    {
        var bytes = new List<byte>();
        var last = 0;
        foreach (var (id, type, value) in fields)
        {
            bytes.AddRange([(byte)((id - last) << 4 | type), .. value]);
            last = id;
        }

        return [.. bytes, 0];
    }

    private static byte[] Structs(List<byte[]> items) =>
    [
        .. items.Count < 15 ? [(byte)(items.Count << 4 | Struct)] : (byte[])[0xF0 | Struct, .. Unsigned((ulong)items.Count)],
        .. items.SelectMany(item => item),
    ];

    private static byte[] Text(string text) => Sized(Encoding.UTF8.GetBytes(text));

    private static byte[] Sized(byte[] bytes) => [.. Unsigned((ulong)bytes.Length), .. bytes];

    private static byte[] Signed(long value) => Unsigned((ulong)((value << 1) ^ (value >> 63)));

    private static byte[] Unsigned(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }

        return [.. bytes, (byte)value];
    }

    private delegate void Writing(Span<byte> to);

    private static byte[] Little(int length, Writing write)
    {
        var bytes = new byte[length];
        write(bytes);
        return bytes;
    }
}
