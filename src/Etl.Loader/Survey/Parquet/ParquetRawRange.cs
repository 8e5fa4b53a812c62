using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;

namespace Etl.Loader.Survey.Parquet;

internal enum RawForm
{
    /// <summary>An integer, or the unscaled digits of a decimal.</summary>
    Number,

    /// <summary>INT96: nanoseconds of the day and a Julian day.</summary>
    Int96,

    /// <summary>Months, days and milliseconds, each unsigned.</summary>
    Interval,

    /// <summary>Any value, inside a list: only how the lists are put together is looked at.</summary>
    Listed,
}

/// <summary>
/// The declared range of a column whose file has room for more. DuckDB takes the room that the declaration needs and cuts off the rest: 300 in an INT_8 becomes 44.
/// </summary>
/// <param name="Leaf">The column's place among all that have values, those inside of lists and structs too.</param>
/// <param name="Declared">The type, for people.</param>
/// <param name="Multiple">Values that are not a multiple of it would be rounded.</param>
internal sealed partial record ParquetRawRange(
    int Leaf, string Name, string Declared, RawForm Form, BigInteger Least = default, BigInteger Most = default, int Scale = 0, int Multiple = 1)
{
    /// <summary>For <see cref="Of"/>; <c>@file</c> is a literal.</summary>
    public const string Elements =
        "SELECT name, type, CAST(type_length AS BIGINT), duckdb_type, logical_type, repetition_type, CAST(coalesce(num_children, 0) AS BIGINT) FROM parquet_schema(@file)";

    private const long DayMilliseconds = 86_400_000;

    /// <param name="elements">Rows of <see cref="Elements"/>, the root first.</param>
    public static IReadOnlyList<ParquetRawRange> Of(IReadOnlyList<object?[]> elements)
    {
        var ranges = new List<ParquetRawRange>();
        var (leaf, groups) = (0, new Stack<(long Left, bool Listed)>());
        foreach (var element in elements)
        {
            while (groups.TryPeek(out var full) && full.Left == 0)
            {
                groups.Pop();
            }

            var (left, inList) = groups.Count > 0 ? groups.Pop() : (1, false);
            groups.Push((left - 1, inList));
            var listed = inList || element[5] as string == "REPEATED";
            if (element[6] is > 0L and long children)
            {
                groups.Push((children, listed));
                continue;
            }

            if (element[1] is not string kept)
            {
                continue;
            }

            var (name, read) = ((string)element[0]!, element[3] as string ?? "");
            var range = Of(leaf, name, kept, Convert.ToInt64(element[2], CultureInfo.InvariantCulture), read, element[4]?.ToString() ?? "");
            ranges.AddRange(range is not null ? [range] : listed ? [new(leaf, name, read, RawForm.Listed)] : []);
            leaf++;
        }

        return ranges;
    }

    /// <summary>Whether the value is one that the declaration allows.</summary>
    public bool Holds(BigInteger value) => value >= Least && value <= Most && value % Multiple == 0;

    private static ParquetRawRange? Of(int leaf, string name, string kept, long bytes, string read, string logical)
    {
        if (kept == "INT96")
        {
            return new(leaf, name, "INT96 timestamp", RawForm.Int96);
        }

        if (DecimalType().Match(read) is { Success: true } match)
        {
            var (precision, scale) = (Number(match.Groups[1]), Number(match.Groups[2]));
            var room = kept switch { "INT32" => 4, "INT64" => 8, "BYTE_ARRAY" => long.MaxValue, _ => bytes };
            var most = BigInteger.Pow(10, precision) - 1;

            // Of a type without digits before the point DuckDB cannot write such a value either.
            return room > BytesRead(precision) || precision == scale ? new(leaf, name, read, RawForm.Number, -most, most, scale) : null;
        }

        var micros = logical.Contains("MICROS=Micro", StringComparison.Ordinal);
        return read switch
        {
            "TINYINT" => new(leaf, name, "INT_8", RawForm.Number, sbyte.MinValue, sbyte.MaxValue),
            "SMALLINT" => new(leaf, name, "INT_16", RawForm.Number, short.MinValue, short.MaxValue),
            "UTINYINT" => new(leaf, name, "UINT_8", RawForm.Number, 0, byte.MaxValue),
            "USMALLINT" => new(leaf, name, "UINT_16", RawForm.Number, 0, ushort.MaxValue),
            "TIME_NS" => new(leaf, name, "time of a day", RawForm.Number, 0, DayMilliseconds * 1_000_000),
            "TIME" or "TIME WITH TIME ZONE" when kept == "INT32" => new(leaf, name, "time of a day", RawForm.Number, 0, DayMilliseconds),
            "TIME" => new(leaf, name, "time of a day", RawForm.Number, 0, DayMilliseconds * 1_000),
            "TIME WITH TIME ZONE" when micros || logical.Length == 0 => new(leaf, name, "time of a day", RawForm.Number, 0, DayMilliseconds * 1_000),
            "TIME WITH TIME ZONE" => new(leaf, name, "time of a day in whole microseconds", RawForm.Number, 0, DayMilliseconds * 1_000_000, Multiple: 1_000),
            "INTERVAL" => new(leaf, name, "interval", RawForm.Interval, 0, int.MaxValue),
            _ => null,
        };
    }

    private static int BytesRead(int precision) => precision switch { <= 4 => 2, <= 9 => 4, <= 18 => 8, _ => 16 };

    private static int Number(Group digits) => int.Parse(digits.ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^DECIMAL\((\d+),(\d+)\)$")]
    private static partial Regex DecimalType();
}
