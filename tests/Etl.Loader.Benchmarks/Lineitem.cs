using System.Globalization;
using System.Text;

namespace Etl.Loader.Benchmarks;

/// <summary>A CSV file of the shape of TPC-H's lineitem, always the same for the same number of rows: 16 columns, about 125 bytes a row.</summary>
internal static class Lineitem
{
    private const string Header = "l_orderkey,l_partkey,l_suppkey,l_linenumber,l_quantity,l_extendedprice,l_discount,l_tax,l_returnflag,l_linestatus," +
        "l_shipdate,l_commitdate,l_receiptdate,l_shipinstruct,l_shipmode,l_comment\n";

    private static readonly string[] Instructions = ["DELIVER IN PERSON", "COLLECT COD", "NONE", "TAKE BACK RETURN"];
    private static readonly string[] Modes = ["REG AIR", "AIR", "RAIL", "SHIP", "TRUCK", "MAIL", "FOB"];

    private static readonly string[] Words =
    [
        "carefully", "quick", "ironic", "deposits", "sleep", "final", "furiously", "requests", "above", "the", "even", "packages", "bold", "accounts", "haggle", "blithely",
    ];

    private static readonly string[] Days = [.. Enumerable.Range(0, 2600).Select(d => new DateOnly(1992, 1, 1).AddDays(d).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture))];

    public static async Task WriteAsync(string path, long rows, CancellationToken token)
    {
        await using var file = new StreamWriter(path, append: false, new UTF8Encoding(false), 1 << 20);
        await file.WriteAsync(Header);
        var random = 0x9E3779B97F4A7C15UL;
        var line = new StringBuilder(256);
        for (long i = 0; i < rows; i++)
        {
            if (i % 100_000 == 0)
            {
                token.ThrowIfCancellationRequested();
            }

            line.Clear();
            Append(line, i, ref random);
            file.Write(line);
        }
    }

    private static void Append(StringBuilder line, long i, ref ulong random)
    {
        var quantity = 1 + Next(ref random, 50);
        var day = Next(ref random, 2450);
        line.Append(CultureInfo.InvariantCulture, $"{1 + (i / 4)},{1 + Next(ref random, 200_000)},{1 + Next(ref random, 10_000)},{1 + (i % 4)},{quantity},");
        line.Append(CultureInfo.InvariantCulture, $"{900 + (quantity * Next(ref random, 2000))}.{Next(ref random, 100):00},0.{Next(ref random, 11):00},0.{Next(ref random, 9):00},");
        line.Append("RAN"[Next(ref random, 3)]).Append(',').Append("OF"[Next(ref random, 2)]).Append(',');
        line.Append(Days[day]).Append(',').Append(Days[day + Next(ref random, 90)]).Append(',').Append(Days[day + 1 + Next(ref random, 30)]).Append(',');
        line.Append(Instructions[Next(ref random, Instructions.Length)]).Append(',').Append(Modes[Next(ref random, Modes.Length)]).Append(',');
        for (var word = 2 + Next(ref random, 4); word > 0; word--)
        {
            line.Append(Words[Next(ref random, Words.Length)]).Append(word > 1 ? ' ' : '\n');
        }
    }

    /// <summary>xorshift64: a number below <paramref name="bound"/>.</summary>
    private static int Next(ref ulong random, int bound)
    {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        return (int)((random >> 33) % (ulong)bound);
    }
}
