using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using CsCheck;
using Etl.Loader.IntegrationTests.Support;
using Etl.Loader.Targets;

namespace Etl.Loader.IntegrationTests.Loads;

/// <summary>
/// Generated values of every type, as text in a file, come out of the database as the same values: what the database prints is held against what
/// the framework, not our own parser, says of the source. The database has a zone and a date order that no one expects.
/// </summary>
public sealed class RoundTripTests(PostgresServer server)
{
    private static readonly DateTime Last = new(9999, 12, 31, 23, 59, 59);

    private static readonly Gen<DateTime> Moments = Gen.Long[0, Last.Ticks / 10].Select(micros => new DateTime(micros * 10));

    /// <summary>Header, what the file says, and the value of it; null where it is null.</summary>
    private sealed record Column(string Name, string? Declared, Gen<(string? Text, object? Value)> Values);

    private static readonly Column[] Columns =
    [
        Of("n_bigint", Gen.Long.Select(v => (Invariant(v), (object)new Decimals(v, 0)))),
        Of("n_numeric", Gen.Select(Gen.Long, Gen.Int[0, 12], Gen.Bool).Select((digits, scale, bare) => Number(digits, scale, bare))),
        Of("n_wide", Gen.Select(Gen.Long, Gen.Int[0, 9]).Select((digits, zeros) => Number(new BigInteger(digits) * 1_000_000_007, zeros, false))),
        Of("d_date", Moments.Select(m => (m.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), (object)m.Date))),
        Of("d_time", Moments.Select(m => (m.ToString("HH:mm:ss.ffffff", CultureInfo.InvariantCulture), (object)m.TimeOfDay))),
        Of("d_short_time", Moments.Select(m => (m.ToString("HH:mm:ss.FFFFFF", CultureInfo.InvariantCulture), (object)m.TimeOfDay))),
        Of("d_timestamp", Moments.Select(m => (m.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFF", CultureInfo.InvariantCulture), (object)m))),
        Of("d_timestamptz", Moments.Select(m => (m.ToString("yyyy-MM-dd HH:mm:ss.FFFFFFZ", CultureInfo.InvariantCulture), (object)m))),
        Of("b_boolean", Gen.Bool.Select(b => (b ? "TRUE" : "FALSE", (object)b))),
        Of("u_uuid", Gen.Guid.Select(g => (g.ToString(), (object)g))),
        Of("t_text", Gen.Char["aé漢 007+-.,'\";\\\t\r\n€"].Array[0, 12].Select(c => (new string(c), (object)new string(c)))),
        Of("t_zeros", Gen.Int[0, 999].Select(i => (i.ToString("000000", CultureInfo.InvariantCulture), (object)i.ToString("000000", CultureInfo.InvariantCulture)))),
        Of("x_double", Gen.Double.Select(v => (v.ToString("R", CultureInfo.InvariantCulture), (object)v)), "double"),
        Of("x_digits", Gen.Double[-1e9, 1e9].Select(v => (v.ToString("E16", CultureInfo.InvariantCulture), (object)v)), "double"),
        Of("x_offset", Gen.Select(Moments, Gen.Int[-47, 47]).Where((m, q) => m.Year is > 1 and < 9999).Select((m, quarters) => Zoned(m, quarters)), "timestamptz"),
        Of("x_json", Gen.Select(Gen.Int, Gen.Char["aé\"\\/ "].Array[0, 5]).Select((i, c) => Json(i, new string(c))), "json"),
        Of("x_bytea", Gen.Byte.Array[0, 9].Select(b => ("\\x" + Convert.ToHexStringLower(b), (object)Convert.ToHexStringLower(b))), "bytea"),
    ];

    private static readonly Gen<(string? Text, object? Value)[]> Row = Columns.Aggregate(
        Gen.Const(Array.Empty<(string? Text, object? Value)>()),
        (row, column) => Gen.Select(row, column.Values).Select((before, value) => ((string? Text, object? Value)[])[.. before, value]));

    [Theory]
    [InlineData(nameof(TargetKind.PostgreSql))]
    [InlineData(nameof(TargetKind.DuckDb))]
    public async Task Every_type_comes_out_as_it_went_in(string kind)
    {
        await using var into = await LoadsIntoTarget.CreateAsync(kind, server);
        if (kind == nameof(TargetKind.PostgreSql))
        {
            var database = (await into.QueryAsync("SELECT current_database()"))[0][0];
            await into.QueryAsync($"ALTER DATABASE {database} SET timezone = 'Pacific/Apia'; ALTER DATABASE {database} SET datestyle = 'German, DMY'; ALTER DATABASE {database} SET extra_float_digits = -5");
        }

        var schema = string.Join(", ", Columns.Where(c => c.Declared is not null).Select(c => $"\"{c.Name}\": \"{c.Declared}\""));
        var seeds = 0;
        await Row.Array[200].SampleAsync(
            async rows =>
            {
                var table = $"round_{++seeds}";
                await into.Loads.LoadAsync($"{table}.csv", Text(rows), $$"""{ "schema": { {{schema}} }, "dialect": { "delimiter": "|", "quote": "\"", "header": true } }""");
                var read = await into.QueryAsync(Select(kind, table));
                Assert.Equal(rows.Length, read.Count);
                for (var row = 0; row < rows.Length; row++)
                {
                    for (var column = 0; column < Columns.Length; column++)
                    {
                        var (text, value) = rows[row][column];
                        var back = read[row][column + 1] is { } printed ? Parse(Columns[column].Name, printed) : null;
                        Assert.True(Equals(value, back), $"{Columns[column].Name}: '{text}' came back as '{read[row][column + 1]}'");
                    }
                }
            },
            iter: 5,
            threads: 1);
        Assert.True(seeds >= 5);
    }

    [Theory]
    [InlineData(nameof(TargetKind.PostgreSql))]
    [InlineData(nameof(TargetKind.DuckDb))]
    public async Task What_the_producer_declares_is_read_once_and_held_against_every_value(string kind)
    {
        const string Schema = """{ "schema": { "id": "bigint", "price": "numeric(6,2)" }, "rejects": { "max": 2 } }""";
        await using var into = await LoadsIntoTarget.CreateAsync(kind, server);
        var rows = string.Concat(Enumerable.Range(1, 20_000).Select(i => i is 7 or 19_999 ? $"{i},much\n" : $"{i},{i % 1000}.5\n"));

        var receipt = await into.Loads.LoadAsync("declared.csv", "id,price\n" + rows, Schema);

        Assert.Equal(0, into.Loads.Surveys);
        Assert.Equal((19_998L, 2L, (long)rows.Length + 9), (receipt.RowsLoaded, receipt.RowsRejected, receipt.Bytes));
        Assert.Equal([["19998", "2"]], await into.QueryAsync("SELECT CAST(count(*) AS VARCHAR), CAST(count(*) FILTER (WHERE id IN (6, 20000)) AS VARCHAR) FROM declared"));
        var rejects = await into.Loads.Target.ReadRejectsAsync(receipt.LoadId, TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);
        Assert.Equal([(8L, "price"), (20_000L, "price")], rejects.Select(reject => (reject.Line, reject.Column)));

        await Assert.ThrowsAsync<DatasetException>(() => into.Loads.LoadAsync("declared.csv", "id,price\n" + rows + "1,none\n", Schema));
        Assert.Equal([["19998"]], await into.QueryAsync("SELECT CAST(count(*) AS VARCHAR) FROM declared"));
    }

    /// <summary>Where the comma is the decimal point, a point is none: "1.500" may be 1500.</summary>
    [Theory]
    [InlineData(nameof(TargetKind.PostgreSql), "numeric(8,3)", "")]
    [InlineData(nameof(TargetKind.PostgreSql), "double", "")]
    [InlineData(nameof(TargetKind.DuckDb), "numeric(8,3)", "")]
    [InlineData(nameof(TargetKind.DuckDb), "double", "")]
    [InlineData(nameof(TargetKind.PostgreSql), "numeric(8,3)", ", \"mode\": \"append\"")]
    [InlineData(nameof(TargetKind.DuckDb), "numeric(8,3)", ", \"mode\": \"append\"")]
    public async Task A_point_where_the_comma_is_the_decimal_point_is_a_reject(string kind, string declared, string later)
    {
        const string Dialect = """ "dialect": { "delimiter": ";", "header": true, "decimal": "," }, "rejects": { "max": 3 }""";
        await using var into = await LoadsIntoTarget.CreateAsync(kind, server);
        await into.Loads.LoadAsync("points.csv", "id;v\n0;0,25\n", $$"""{ "schema": { "id": "bigint", "v": "{{declared}}" },{{Dialect}} }""");

        var receipt = await into.Loads.LoadAsync(
            "points.csv", "id;v\n1;1,5\n2;1.500\n3;1.5\n4;1.234,5\n", later.Length == 0 ? $$"""{ "schema": { "id": "bigint", "v": "{{declared}}" },{{Dialect}} }""" : $$"""{{{Dialect}}{{later}} }""");

        Assert.Equal((1L, 3L), (receipt.RowsLoaded, receipt.RowsRejected));
        Assert.Equal([["1"]], await into.QueryAsync("SELECT CAST(count(*) AS VARCHAR) FROM points WHERE id > 0 AND v = 1.5"));
        var rejects = await into.Loads.Target.ReadRejectsAsync(receipt.LoadId, TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);
        Assert.Equal([(3L, "2;1.500"), (4L, "3;1.5"), (5L, "4;1.234,5")], rejects.Select(reject => (reject.Line, reject.Raw.TrimEnd('\n'))));
        Assert.Matches("^column 'v' has '1.500', which is not a valid .* in the form that \"dialect\" states$", rejects[0].Reason);
    }

    /// <summary>A column that is text in the target is a text in the second night too: one way to write its numbers, that of the file.</summary>
    [Fact]
    public async Task Numbers_beyond_the_widest_decimal_are_as_they_were_written_each_night()
    {
        await using var into = await LoadsIntoTarget.CreateAsync(nameof(TargetKind.DuckDb), server);
        for (var night = 0; night < 2; night++)
        {
            await into.Loads.LoadAsync(
                "wide.csv", "v;n\n,554294788534241;1,5\n7315205708790307816193111,430742180684759;2,25\n", """{ "dialect": { "delimiter": ";", "header": true, "decimal": "," } }""");
            Assert.Equal(
                [[",554294788534241", "1.50"], ["7315205708790307816193111,430742180684759", "2.25"]],
                await into.QueryAsync("SELECT v, CAST(n AS VARCHAR) FROM wide ORDER BY n"));
        }
    }

    /// <summary>What the types are in the end: a column that was text all along would come back too.</summary>
    [Theory]
    [InlineData(nameof(TargetKind.PostgreSql))]
    [InlineData(nameof(TargetKind.DuckDb))]
    public async Task The_types_are_those_that_the_values_prove(string kind)
    {
        await using var into = await LoadsIntoTarget.CreateAsync(kind, server);
        await into.Loads.LoadAsync("proven.csv", "a|b|c|d|e|f|g|h|i\n1|1.50|2026-01-31|12:30:00|2026-01-31 12:30:00|2026-01-31T12:30:00Z|true|0191f3a0-1c2d-7e3f-8a4b-5c6d7e8f9a0b|x\n");
        Assert.Equal(
            "a bigint, b numeric(3,2), c date, d time, e timestamp, f timestamptz, g boolean, h uuid, i text", await into.Loads.TypesAsync("proven"));
    }

    private static Column Of(string name, Gen<(string Text, object Value)> values, string? declared = null) =>
        new(name, declared, Gen.Frequency((9, values.Select(v => ((string?)v.Text, (object?)v.Value))), (1, Gen.Const(((string?)null, (object?)null)))));

    private static (string, object) Number(BigInteger digits, int scale, bool bare)
    {
        var text = BigInteger.Abs(digits).ToString(CultureInfo.InvariantCulture).PadLeft(scale + 1, '0');
        var (whole, places) = (text[..^scale], text[^scale..]);
        whole = bare && whole == "0" && scale > 0 ? "" : whole;
        return ((digits < 0 ? "-" : "") + whole + (scale > 0 ? "." + places : ""), new Decimals(digits, scale));
    }

    private static (string, object) Zoned(DateTime utc, int quarters)
    {
        var local = utc.AddMinutes(15 * quarters);
        var offset = TimeSpan.FromMinutes(15 * Math.Abs(quarters));
        return (local.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFF", CultureInfo.InvariantCulture) + (quarters < 0 ? "-" : "+") + offset.ToString("hh\\:mm", CultureInfo.InvariantCulture), utc);
    }

    private static (string, object) Json(int number, string text)
    {
        var json = JsonSerializer.Serialize(new { number, text });
        return (json, $"{number}/{text}");
    }

    private static string Invariant(long value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Every text is quoted and no null is; numbered, so that rows can be distinguished.</summary>
    private static string Text((string? Text, object? Value)[][] rows)
    {
        var text = new StringBuilder("row|").AppendJoin('|', Columns.Select(c => c.Name)).Append('\n');
        for (var row = 0; row < rows.Length; row++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{row}|").AppendJoin('|', rows[row].Select(v => v.Text is null ? "" : $"\"{v.Text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"")).Append('\n');
        }

        return text.ToString();
    }

    private static string Select(string kind, string table)
    {
        var columns = string.Join(", ", Columns.Select(c => (kind, c.Name) switch
        {
            (nameof(TargetKind.PostgreSql), "x_bytea") => "encode(x_bytea, 'hex')",
            (_, "x_bytea") => "lower(hex(x_bytea))",
            (_, "x_json") => "x_json::text",
            _ => c.Name,
        }));
        var select = $"SELECT row, {columns} FROM {table} ORDER BY row";
        return kind == nameof(TargetKind.PostgreSql) ? $"SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; SET extra_float_digits = 1; {select}" : select;
    }

    private static object Parse(string column, string printed) => column switch
    {
        ['n', ..] => Decimals.Of(printed),
        "d_date" => DateTime.ParseExact(printed, "yyyy-MM-dd", CultureInfo.InvariantCulture),
        "d_time" or "d_short_time" => TimeSpan.ParseExact(printed, ["hh\\:mm\\:ss", "hh\\:mm\\:ss\\.FFFFFF"], CultureInfo.InvariantCulture),
        "d_timestamp" => DateTime.ParseExact(printed, "yyyy-MM-dd HH:mm:ss.FFFFFF", CultureInfo.InvariantCulture),
        "d_timestamptz" or "x_offset" => DateTime.ParseExact(printed, "yyyy-MM-dd HH:mm:ss.FFFFFF'+00'", CultureInfo.InvariantCulture),
        "b_boolean" => printed is "t" or "true",
        "u_uuid" => Guid.ParseExact(printed, "D"),
        "x_double" or "x_digits" => double.Parse(printed, NumberStyles.Float, CultureInfo.InvariantCulture),
        "x_json" => JsonDocument.Parse(printed).RootElement is var json ? $"{json.GetProperty("number").GetInt32()}/{json.GetProperty("text").GetString()}" : "",
        _ => printed,
    };

    /// <summary>A decimal number without its padding zeros: what the rule of the same number leaves.</summary>
    private sealed record Decimals
    {
        public Decimals(BigInteger digits, int scale)
        {
            while (scale > 0 && digits % 10 == 0)
            {
                (digits, scale) = (digits / 10, scale - 1);
            }

            (Digits, Scale) = (digits, scale);
        }

        public BigInteger Digits { get; }

        public int Scale { get; }

        public static Decimals Of(string text)
        {
            var point = text.IndexOf('.', StringComparison.Ordinal);
            var scale = point < 0 ? 0 : text.Length - point - 1;
            return new Decimals(BigInteger.Parse(text.Replace(".", "", StringComparison.Ordinal), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture), scale);
        }
    }
}
