using System.Buffers.Text;
using System.Text;

namespace Etl.Loader.Benchmarks.Data;

/// <summary>
/// CSV of the shape of TPC-H's lineitem: 16 columns, 125 bytes a row on average. Made in blocks of equal size that depend on their number only,
/// so that any part of a file of any size can be made at any time, by any thread, always the same.
/// </summary>
internal static class Lineitem
{
    public const int BlockRows = 8000;

    /// <summary>Bytes of a whole block.</summary>
    public const int BlockBytes = BlockRows * RowBytes;

    /// <summary>How far a row's end strays from its even place; the comment takes up the difference.</summary>
    private const int Jitter = 5;
    private const int RowBytes = 125;

    private static readonly byte[][] Instructions = Words("DELIVER IN PERSON,", "COLLECT COD,", "NONE,", "TAKE BACK RETURN,");
    private static readonly byte[][] Modes = Words("REG AIR,", "AIR,", "RAIL,", "SHIP,", "TRUCK,", "MAIL,", "FOB,");
    private static readonly byte[] Days = Encoding.ASCII.GetBytes(string.Concat(
        Enumerable.Range(0, 2600).Select(d => new DateOnly(1992, 1, 1).AddDays(d).ToString("yyyy-MM-dd,", System.Globalization.CultureInfo.InvariantCulture))));

    /// <summary>Comments are pieces of it, as TPC-H's generator makes them.</summary>
    private static readonly byte[] Prose = Encoding.ASCII.GetBytes(MakeProse());

    public static ReadOnlySpan<byte> Header =>
        "l_orderkey,l_partkey,l_suppkey,l_linenumber,l_quantity,l_extendedprice,l_discount,l_tax,l_returnflag,l_linestatus,"u8
        + "l_shipdate,l_commitdate,l_receiptdate,l_shipinstruct,l_shipmode,l_comment\n"u8;

    /// <summary>The columns' types, as a trigger states them.</summary>
    public static string Schema =>
        """
        { "l_orderkey": "bigint", "l_partkey": "bigint", "l_suppkey": "bigint", "l_linenumber": "bigint", "l_quantity": "bigint",
          "l_extendedprice": "numeric(12,2)", "l_discount": "numeric(12,2)", "l_tax": "numeric(12,2)", "l_returnflag": "text", "l_linestatus": "text",
          "l_shipdate": "date", "l_commitdate": "date", "l_receiptdate": "date", "l_shipinstruct": "text", "l_shipmode": "text", "l_comment": "text" }
        """;

    /// <summary>Writes the first <paramref name="rows"/> rows of a block; returns their bytes. A whole block has <see cref="BlockBytes"/>.</summary>
    public static int WriteBlock(long block, int rows, Span<byte> target)
    {
        var random = new Xorshift(block);
        var at = 0;
        for (var i = 0; i < rows; i++)
        {
            var row = (block * BlockRows) + i;
            at += WriteKnownColumns(row, ref random, target[at..]);
            var end = (RowBytes * (i + 1)) + (i + 1 < BlockRows ? random.Next((2 * Jitter) + 1) - Jitter : 0);
            var comment = end - 1 - at;
            Prose.AsSpan(random.Next(Prose.Length - comment), comment).CopyTo(target[at..]);
            at += comment;
            target[at++] = (byte)'\n';
        }

        return at;
    }

    private static int WriteKnownColumns(long row, ref Xorshift random, Span<byte> target)
    {
        var quantity = 1 + random.Next(50);
        var day = random.Next(2450);
        var at = 0;
        Number(target, ref at, 1 + (row / 4), (byte)',');
        Number(target, ref at, 1 + random.Next(200_000), (byte)',');
        Number(target, ref at, 1 + random.Next(10_000), (byte)',');
        Number(target, ref at, 1 + (row % 4), (byte)',');
        Number(target, ref at, quantity, (byte)',');
        Number(target, ref at, 900 + (quantity * random.Next(2000)), (byte)'.');
        Hundredths(target, ref at, random.Next(100));
        target[at++] = (byte)'0';
        target[at++] = (byte)'.';
        Hundredths(target, ref at, random.Next(11));
        target[at++] = (byte)'0';
        target[at++] = (byte)'.';
        Hundredths(target, ref at, random.Next(9));
        target[at++] = "RAN"u8[random.Next(3)];
        target[at++] = (byte)',';
        target[at++] = "OF"u8[random.Next(2)];
        target[at++] = (byte)',';
        Day(target, ref at, day);
        Day(target, ref at, day + random.Next(90));
        Day(target, ref at, day + 1 + random.Next(30));
        Text(target, ref at, Instructions[random.Next(Instructions.Length)]);
        Text(target, ref at, Modes[random.Next(Modes.Length)]);
        return at;
    }

    private static void Number(Span<byte> target, ref int at, long value, byte end)
    {
        Utf8Formatter.TryFormat(value, target[at..], out var written);
        at += written;
        target[at++] = end;
    }

    private static void Hundredths(Span<byte> target, ref int at, int value)
    {
        target[at++] = (byte)('0' + (value / 10));
        target[at++] = (byte)('0' + (value % 10));
        target[at++] = (byte)',';
    }

    private static void Day(Span<byte> target, ref int at, int day) => Text(target, ref at, Days.AsSpan(day * 11, 11));

    private static void Text(Span<byte> target, ref int at, ReadOnlySpan<byte> text)
    {
        text.CopyTo(target[at..]);
        at += text.Length;
    }

    private static byte[][] Words(params string[] words) => [.. words.Select(Encoding.ASCII.GetBytes)];

    private static string MakeProse()
    {
        string[] words =
        [
            "carefully", "quick", "ironic", "deposits", "sleep", "final", "furiously", "requests",
            "above", "the", "even", "packages", "bold", "accounts", "haggle", "blithely",
        ];
        var random = new Xorshift(0);
        var text = new StringBuilder();
        while (text.Length < 1 << 16)
        {
            text.Append(words[random.Next(words.Length)]).Append(' ');
        }

        return text.ToString();
    }

    private struct Xorshift(long seed)
    {
        private ulong _state = ((ulong)seed + 1) * 0x9E3779B97F4A7C15UL;

        /// <summary>A number below <paramref name="bound"/>.</summary>
        public int Next(int bound)
        {
            _state ^= _state << 13;
            _state ^= _state >> 7;
            _state ^= _state << 17;
            return (int)((_state >> 33) % (ulong)bound);
        }
    }
}
