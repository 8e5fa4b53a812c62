using System.Globalization;
using DuckDB.NET.Data;
using Etl.Loader.Survey;

namespace Etl.Loader.Fuzz.Generation;

/// <param name="Declared">DuckDB's type.</param>
/// <param name="Values">SQL literal and canonical text of each row's value; null for a null.</param>
internal sealed record ParquetColumnPlan(string Name, string Declared, ColumnType Type, IReadOnlyList<(string Sql, string Text)?> Values);

/// <summary>A Parquet file as DuckDB writes it.</summary>
internal sealed record ParquetCase(string Kind, IReadOnlyList<ParquetColumnPlan> Columns, int Rows, string Options) : IFuzzCase
{
    public GeneratedDataset Render()
    {
        var bytes = Write();
        var names = Columns.Select(column => column.Name).ToList();
        var types = Columns.Select(column => column.Type).ToList();
        return new()
        {
            Files = [new("data.parquet", bytes, [])],
            MayBeRefused = false,
            Expect = _ => new(names, types, [.. Enumerable.Range(0, Rows).Select(row => new ExpectedRecord("data.parquet", row + 1, row, 1, [.. Columns.Select(column => column.Values[row]?.Text)]))], new()),
        };
    }

    public IEnumerable<IFuzzCase> Smaller() => Shrinking.Without(Columns, 1).Select(columns => this with { Columns = columns });

    public static ParquetCase Make(Dice dice)
    {
        var rows = dice.One(0, 1, 5, 20, 60);
        var columns = Enumerable.Range(0, dice.Int(1, 6)).Select(i => Column(dice, dice.One("c", "größe ", "a \"b\" ") + i, rows)).ToList();
        return new("parquet", columns, rows, dice.One("", ", ROW_GROUP_SIZE 2048", ", COMPRESSION 'uncompressed'", ", COMPRESSION 'gzip'", ", PARQUET_VERSION 'V2'"));
    }

    private static ParquetColumnPlan Column(Dice dice, string name, int rows)
    {
        var nulls = dice.One(0, 0.1, 0.9);
        var (declared, type, value) = Source(dice);
        return new(name, declared, type, [.. Enumerable.Range(0, rows).Select(_ => dice.Chance(nulls) ? ((string, string)?)null : value())]);
    }

    private static (string Declared, ColumnType Type, Func<(string, string)> Value) Source(Dice dice)
    {
        var places = dice.Int(0, 9);
        return dice.Int(0, 11) switch
        {
            0 => ("BIGINT", new(TypeKind.BigInt), () => Same(dice.One(long.MinValue, long.MaxValue, dice.Long(-1000, 1000)).ToString(CultureInfo.InvariantCulture))),
            1 => ("UBIGINT", new(TypeKind.Numeric, 20, 0), () => Same(dice.One("18446744073709551615", "0", dice.Digits(19)))),
            2 => ($"DECIMAL(20,{places})", new(TypeKind.Numeric, 20, places), () => Same(dice.Digits(dice.Int(1, 11)) + (places == 0 ? "" : "." + dice.Digits(places)))),
            3 => ("DOUBLE", new(TypeKind.Float8), () => Quoted(dice.One("NaN", "Infinity", "-Infinity", "0.1", "-1.5e-300", "1e300", BitConverter.Int64BitsToDouble(dice.Long(0, 0x7FEF_FFFF_FFFF_FFFF)).ToString("R", CultureInfo.InvariantCulture)))),
            4 => ("BOOLEAN", new(TypeKind.Boolean), () => Same(dice.One("true", "false"))),
            5 => ("DATE", new(TypeKind.Date), () => Quoted(Day(dice).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture))),
            6 => ("TIME", new(TypeKind.Time), () => Quoted(Moment(dice).ToString("HH:mm:ss.ffffff", CultureInfo.InvariantCulture))),
            7 => ("TIMESTAMP", new(TypeKind.Timestamp), () => Quoted(Moment(dice).ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture))),
            8 => ("TIMESTAMPTZ", new(TypeKind.TimestampTz), () => Zoned(Moment(dice).ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture))),
            9 => ("UUID", new(TypeKind.Uuid), () => Quoted(new Guid(dice.Bytes(16)).ToString())),
            10 => ("BLOB", new(TypeKind.Bytes), () => Blob(Convert.ToHexStringLower(dice.Bytes(dice.Int(0, 20))))),
            _ => ("VARCHAR", ColumnType.Text, () => Quoted(dice.Chance(0.1) ? "" : Texts.Column(dice, false, true)())),
        };
    }

    private static (string, string) Same(string text) => (text, text);

    private static (string, string) Quoted(string text) => ($"'{text.Replace("'", "''", StringComparison.Ordinal)}'", text);

    private static (string, string) Zoned(string text) => ($"'{text}+00'", text + "Z");

    private static (string, string) Blob(string hex) => ($"unhex('{hex}')", "\\x" + hex);

    private static DateTime Day(Dice dice) => dice.Chance(0.1) ? dice.One(new DateTime(1, 1, 1), new DateTime(9999, 12, 31)) : new DateTime(1900, 1, 1).AddDays(dice.Int(0, 60_000));

    private static DateTime Moment(Dice dice) => Day(dice).AddTicks(10 * dice.Long(0, 86_399_999_999));

    private byte[] Write()
    {
        var path = Path.Combine(Path.GetTempPath(), $"etl-loader-fuzz-{Environment.ProcessId}-{Environment.CurrentManagedThreadId}.parquet");
        try
        {
            using var connection = new DuckDBConnection("DataSource=:memory:");
            connection.Open();
            Run(connection, "SET TimeZone = 'UTC'");
            Run(connection, $"CREATE TABLE t ({string.Join(", ", Columns.Select(column => $"\"{column.Name.Replace("\"", "\"\"", StringComparison.Ordinal)}\" {column.Declared}"))})");
            if (Rows > 0)
            {
                Run(connection, "INSERT INTO t VALUES " + string.Join(", ", Enumerable.Range(0, Rows).Select(row => $"({string.Join(", ", Columns.Select(column => column.Values[row]?.Sql ?? "NULL"))})")));
            }

            Run(connection, $"COPY t TO '{path}' (FORMAT parquet{Options})");
            return File.ReadAllBytes(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static void Run(DuckDBConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
