using System.Security.Cryptography;
using System.Text;
using Etl.Loader.Survey;
using Etl.Loader.Survey.Parquet;

namespace Etl.Loader.Tests.Survey.Formats;

public sealed class ParquetTests : IDisposable
{
    private static readonly ParquetLimits Small = new(Batch: 1024);

    /// <summary>A value as DuckDB's SQL writes it, its type, its text.</summary>
    private static readonly string[][] Cases =
    [
        ["1::TINYINT", "BigInt", "1"],
        ["'-9223372036854775808'::BIGINT", "BigInt", "-9223372036854775808"],
        ["4294967295::UINTEGER", "BigInt", "4294967295"],
        ["18446744073709551615::UBIGINT", "Numeric(20,0)", "18446744073709551615"],
        ["1.10::DECIMAL(9,2)", "Numeric(9,2)", "1.10"],
        ["-0.05::DECIMAL(4,2)", "Numeric(4,2)", "-0.05"],
        ["12345678901234567890123456789.012345678::DECIMAL(38,9)", "Numeric(38,9)", "12345678901234567890123456789.012345678"],
        ["0.1::DOUBLE", "Float8", "0.1"],
        ["0.1::FLOAT", "Float8", "0.10000000149011612"],
        ["5e-324::DOUBLE", "Float8", "5e-324"],
        ["1.7976931348623157e308::DOUBLE", "Float8", "1.7976931348623157e+308"],
        ["'NaN'::DOUBLE", "Float8", "NaN"],
        ["'inf'::DOUBLE", "Float8", "Infinity"],
        ["'-inf'::FLOAT", "Float8", "-Infinity"],
        ["true", "Boolean", "true"],
        ["DATE '2024-02-29'", "Date", "2024-02-29"],
        ["DATE '0001-01-01'", "Date", "0001-01-01"],
        ["DATE '10000-01-01'", "Text", "10000-01-01"],
        ["DATE '0044-03-15 (BC)'", "Text", "0044-03-15 (BC)"],
        ["'infinity'::DATE", "Text", "infinity"],
        ["TIME '23:59:59.5'", "Time", "23:59:59.5"],
        ["TIME '24:00:00'", "Text", "24:00:00"],
        ["'12:00:00.123456789'::TIME_NS", "Text", "12:00:00.123456789"],
        ["'12:00:00+01'::TIMETZ", "Text", "11:00:00+00"],
        ["TIMESTAMP '2024-01-01 10:00:00.123456'", "Timestamp", "2024-01-01 10:00:00.123456"],
        ["'2024-01-01 10:00:00'::TIMESTAMP_S", "Timestamp", "2024-01-01 10:00:00"],
        ["'2024-01-01 10:00:00.123'::TIMESTAMP_MS", "Timestamp", "2024-01-01 10:00:00.123"],
        ["'2024-01-01 10:00:00.123456'::TIMESTAMP_NS", "Timestamp", "2024-01-01 10:00:00.123456"],
        ["'2024-01-01 10:00:00.123456789'::TIMESTAMP_NS", "Text", "2024-01-01 10:00:00.123456789"],
        ["'1960-01-01 10:00:00.123456789'::TIMESTAMP_NS", "Text", "1960-01-01 10:00:00.123456789"],
        ["TIMESTAMP '10000-01-01 00:00:00'", "Text", "10000-01-01 00:00:00"],
        ["'-infinity'::TIMESTAMP", "Text", "-infinity"],
        ["'2024-06-01 10:00:00.5+02'::TIMESTAMPTZ", "TimestampTz", "2024-06-01 08:00:00.5Z"],
        ["'0001-01-01 00:00:00+00'::TIMESTAMPTZ", "TimestampTz", "0001-01-01 00:00:00Z"],
        ["'infinity'::TIMESTAMPTZ", "Text", "infinity"],
        ["'A0190E0C-7D2A-7B8E-9C00-0123456789AB'::UUID", "Uuid", "a0190e0c-7d2a-7b8e-9c00-0123456789ab"],
        ["'\\x00\\xAB'::BLOB", "Bytes", "\\x00ab"],
        ["''::BLOB", "Bytes", "\\x"],
        ["'text é'", "Text", "text é"],
        ["''", "Text", ""],
        ["'a'::ENUM('a','b')", "Text", "a"],
        ["INTERVAL 1 DAY", "Text", "1 day"],
        ["{'a': 1.10::DECIMAL(38,2), 'b': [1, NULL]}", "Json", "{\"a\":1.10,\"b\":[1,null]}"],
        ["[1, 2]", "Json", "[1,2]"],
        ["MAP {'k': 0.1::DOUBLE}", "Json", "{\"k\":0.1}"],
        ["['NaN'::DOUBLE]", "Text", "[NaN]"],
        ["['a' || chr(0)]", "Text", "[\"a\\u0000\"]"],
        ["'{\"a\" : 1.50}'::JSON", "Json", "{\"a\" : 1.50}"],
        ["'{\"a\":1,\"a\":2}'::JSON", "Text", "{\"a\":1,\"a\":2}"],
    ];

    private readonly DataFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task Every_value_has_its_type_and_its_canonical_text()
    {
        // One file for all: each has a column, and every column a null as well.
        var file = Parquet(
            $"SELECT {string.Join(", ", Cases.Select((@case, i) => $"{@case[0]} AS \"{i}\""))} "
            + $"UNION ALL SELECT {string.Join(", ", Cases.Select(_ => "NULL"))} ORDER BY 1 NULLS LAST");
        var survey = await SurveyAsync(file);
        Assert.All(survey.Columns, column => Assert.Equal(1, column.Nulls));

        var texts = Read(survey, file);
        Assert.Equal(string.Join('|', Cases.Select(_ => "∅")), texts[1]);
        Assert.Equal(
            Cases.Select(@case => $"{@case[0]} is {@case[1]} {@case[2]}"),
            texts[0].Split('|').Select((text, i) => $"{Cases[i][0]} is {Describe(survey.Columns[i].Type)} {text}"));
        Assert.All(Cases.Zip(survey.Columns), pair => Assert.True(pair.Second.MaxBytes >= Encoding.UTF8.GetByteCount(pair.First[2])));
    }

    /// <summary>Numbers and dates are written by us, for the speed of it: as DuckDB writes them.</summary>
    [Theory]
    [InlineData("((hash(i) % 256)::INTEGER - 128)::TINYINT")]
    [InlineData("((hash(i) % 65536)::INTEGER - 32768)::SMALLINT")]
    [InlineData("((hash(i) % 4294967296)::BIGINT - 2147483648)::INTEGER")]
    [InlineData("(hash(i)::HUGEINT - 9223372036854775808)::BIGINT")]
    [InlineData("(((hash(i) % 20000)::BIGINT - 10000) / 100)::DECIMAL(4,1)")]
    [InlineData("(((hash(i) % 199)::BIGINT - 99)::DECIMAL(18,0) * 0.01)::DECIMAL(4,2)")]
    [InlineData("(((hash(i) % 1999999999)::BIGINT - 999999999)::DECIMAL(18,0) * 0.0001)::DECIMAL(9,4)")]
    [InlineData("((hash(i) % 1999999999)::BIGINT - 999999999)::DECIMAL(9,0)")]
    [InlineData("(((hash(i) % 1999999999999999999)::HUGEINT - 999999999999999999)::DECIMAL(38,0) * 0.000000000001)::DECIMAL(18,12)")]
    [InlineData("DATE '0001-01-01' + (i * 1461 + hash(i) % 1461)::INTEGER % 3652059")]
    public async Task Numbers_and_dates_are_written_as_DuckDB_writes_them(string value)
    {
        var file = Parquet($"SELECT CASE WHEN i % 7 > 0 THEN v END AS v, CASE WHEN i % 7 > 0 THEN '~' || v::VARCHAR END AS t FROM (SELECT i, {value} AS v FROM range(5000) r(i))");
        var survey = await SurveyAsync(file);
        Assert.NotEqual(TypeKind.Text, survey.Columns[0].Type.Kind);

        var rows = Read(survey, file);
        Assert.Equal(5000, rows.Count);
        Assert.All(rows, row => Assert.Equal(row.Split('|')[1], row[0] == '∅' ? "∅" : "~" + row.Split('|')[0]));
        Assert.True(rows.Distinct().Count() > 100);
    }

    [Fact]
    public async Task The_value_that_made_a_column_text_is_named_with_its_row()
    {
        var file = Parquet("SELECT DATE '2024-01-01' + i::INTEGER * 1000 AS d, [CASE WHEN i = 7 THEN 'NaN'::DOUBLE END] AS j FROM range(4000) r(i) ORDER BY i");
        var survey = await SurveyAsync(file);
        Assert.Equal(new TypeExclusion(TypeKind.Date, 2915, "10002-04-06"), survey.Columns[0].Excluded);
        Assert.Equal(new TypeExclusion(TypeKind.Json, 8, "[NaN]"), survey.Columns[1].Excluded);
    }

    [Fact]
    public async Task Every_row_is_read_in_the_order_of_the_file()
    {
        var file = Parquet("SELECT i AS id, CASE WHEN i % 3 <> 0 THEN repeat('x', (i % 50)::INTEGER) || i END AS s FROM range(30000) r(i)", ", ROW_GROUP_SIZE 2048");
        var survey = await SurveyAsync(file);
        Assert.Equal((30_000L, new FileInfo(file.Path).Length), (survey.Rows, survey.Bytes));
        Assert.Equal(10_000, survey.Columns[1].Nulls);
        Assert.Equal(54, survey.Columns[1].MaxBytes);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(file.Path, TestContext.Current.CancellationToken))), survey.Sha256);

        using var reader = Reader(survey, file).Open(0);
        var batch = new RecordBatch();
        var id = 0;
        while (reader.Read(batch))
        {
            Assert.Equal(id, batch.Offsets[0]);
            for (var row = 0; row < batch.Rows; row++, id++)
            {
                Assert.Equal(id.ToString(null as IFormatProvider), Encoding.UTF8.GetString(batch.Value(row, 0)));
                Assert.Equal(id % 3 == 0, batch.IsNull(row, 1));
                Assert.Equal(id % 3 == 0 ? -1 : id % 50 + id.ToString(null as IFormatProvider).Length, batch.Fields[row * 2 + 1].Length);
                Assert.Equal((id + 1L, (long)id), (batch.Lines[row], batch.Offsets[row]));
            }

            Assert.Equal(id, batch.Offsets[batch.Rows]);
        }

        Assert.Equal(30_000, id);
        Assert.Equal(survey.Bytes, batch.BytesRead);
    }

    [Theory]
    [InlineData("brackets[1].parquet")]
    [InlineData("*.parquet")]
    [InlineData("what?.parquet")]
    [InlineData("it's.parquet")]
    [InlineData("year=2024")]
    [InlineData("a;drop table b --.parquet")]
    [InlineData("line\nbreak.parquet")]
    [InlineData("no extension")]
    [InlineData("data.csv")]
    public async Task A_file_may_have_any_name(string name)
    {
        Parquet("SELECT 13 AS n", name: "other.parquet");
        var file = Parquet("SELECT 7 AS n", name: name);
        var survey = await SurveyAsync(file);
        Assert.Equal(["n"], survey.Columns.Select(column => column.Name));
        Assert.Equal(["7"], Read(survey, file));
    }

    [Theory]
    [InlineData("\"a \"\"b\"\"; --\"", "a \"b\"; --")]
    [InlineData("\"row_number\"", "row_number")]
    [InlineData("\"c1\"", "c1")]
    [InlineData("\"file_row_number\"", "file_row_number")]
    [InlineData("\"é\n\"", "é\n")]
    public async Task A_column_may_have_any_name(string quoted, string name)
    {
        var file = Parquet($"SELECT 1 AS {quoted}, 2 AS other");
        var survey = await SurveyAsync(file);
        Assert.Equal([name, "other"], survey.Columns.Select(column => column.Name));
        Assert.Equal(["1|2"], Read(survey, file));
    }

    [Fact]
    public async Task Files_that_are_not_whole_Parquet_are_named()
    {
        var whole = await File.ReadAllBytesAsync(
            Parquet("SELECT i, i::VARCHAR AS s FROM range(10000) r(i)").Path, TestContext.Current.CancellationToken);
        foreach (var (name, content) in new[] { ("empty.parquet", []), ("text.parquet", "hello"u8.ToArray()), ("half.parquet", whole[..(whole.Length / 2)]), ("tail.parquet", whole[..^1]) })
        {
            var fault = await Assert.ThrowsAsync<DatasetException>(() => SurveyAsync(_files.Write(name, content)));
            Assert.Equal(name, fault.File);
            Assert.StartsWith($"{name} cannot be read as Parquet: ", fault.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("etl-loader-parquet", fault.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Damage_inside_a_file_is_found_while_surveying()
    {
        var content = await File.ReadAllBytesAsync(
            Parquet("SELECT i, md5(i::VARCHAR) AS s FROM range(10000) r(i)").Path, TestContext.Current.CancellationToken);
        content.AsSpan(content.Length / 2, 200).Fill(0xFF);
        var fault = await Assert.ThrowsAsync<DatasetException>(() => SurveyAsync(_files.Write("damaged.parquet", content)));
        Assert.Equal("damaged.parquet", fault.File);
    }

    [Fact]
    public async Task A_NUL_in_a_text_rejects_its_row()
    {
        var file = Parquet("SELECT * FROM (VALUES (1, 'a'), (2, 'b' || chr(0)), (3, NULL)) t(id, s)");
        var fault = await Assert.ThrowsAsync<DatasetException>(() => SurveyAsync(file));
        Assert.Contains("row 2: the text of column s has a NUL character", fault.Message, StringComparison.Ordinal);

        var survey = await SurveyAsync(file, request => request with { RejectsMax = 1 });
        using var reader = Reader(survey, file).Open(0);
        Assert.Equal(["1|a", "3|∅"], Rows(reader));
        var reject = Assert.Single(reader.Rejects);
        Assert.Equal((2L, 1L, "s"), (reject.Line, reject.Offset, reject.Column));
        Assert.Equal("{\"id\":\"2\",\"s\":\"b\uFFFD\"}", reject.Raw);
    }

    [Fact]
    public async Task Several_files_have_the_same_columns_in_any_order_and_types_widen()
    {
        var first = Parquet("SELECT 1 AS a, 2.5::DECIMAL(4,1) AS b, DATE '2024-01-01' AS d", name: "1");
        var second = Parquet("SELECT TIMESTAMP '2024-01-01 10:00:00' AS d, 3.25::DECIMAL(6,2) AS a, NULL::DECIMAL(4,1) AS b", name: "2");
        var surveyor = new ParquetSurveyor(Small);
        var request = new SurveyRequest { Files = [first, second] };
        var survey = await surveyor.SurveyAsync(request, new Progress<long>(), TestContext.Current.CancellationToken);
        Assert.Equal(["Numeric(21,2)", "Numeric(4,1)", "Timestamp"], survey.Columns.Select(column => Describe(column.Type)));
        Assert.Equal([0L, 1L, 0L], survey.Columns.Select(column => column.Nulls));
        var reader = surveyor.CreateReader(survey, [first, second], [.. survey.Columns.Select(column => column.Type)]);
        Assert.Equal(["1|2.5|2024-01-01 00:00:00"], Rows(reader.Open(0)));
        Assert.Equal(["3.25|∅|2024-01-01 10:00:00"], Rows(reader.Open(1)));

        var third = Parquet("SELECT 1 AS a, 2.5::DECIMAL(4,1) AS b", name: "3");
        var fault = await Assert.ThrowsAsync<DatasetException>(
            () => surveyor.SurveyAsync(new SurveyRequest { Files = [first, third] }, new Progress<long>(), TestContext.Current.CancellationToken));
        Assert.Contains("3 has no column d", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nanoseconds_in_UTC_are_refused_since_they_would_be_cut()
    {
        var path = Parquet("SELECT '2024-01-01 10:00:00.123456789'::TIMESTAMP_NS AS t").Path;
        var content = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);

        // The footer's logical type: timestamp, not adjusted to UTC, nanoseconds; made adjusted.
        var at = content.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x8C, 0x12, 0x1C, 0x3C]);
        content[at + 1] = 0x11;
        var fault = await Assert.ThrowsAsync<DatasetException>(() => SurveyAsync(_files.Write("utc.parquet", content)));
        Assert.Equal("t", fault.Column);
        Assert.Contains("nanoseconds", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task As_text_every_column_is_text()
    {
        var file = Parquet("SELECT 1.10::DECIMAL(4,2) AS n, DATE '2024-01-01' AS d, NULL::INTEGER AS e");
        var survey = await SurveyAsync(file, request => request with { TypesAsText = true });
        Assert.All(survey.Columns, column => Assert.Equal(TypeKind.Text, column.Type.Kind));
        Assert.Equal(["1.10|2024-01-01|∅"], Read(survey, file));
    }

    [Fact]
    public async Task Only_the_open_file_is_read_and_the_temporary_directory_is_left_alone()
    {
        var file = Parquet("SELECT 1 AS a");
        var left = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), "etl-loader-parquet-4194305-left")).FullName;
        try
        {
            using var session = new ParquetSession(file, Small);
            Assert.StartsWith("'/proc/self/fd/", session.Path, StringComparison.Ordinal);
            Assert.Throws<DatasetException>(() => session.Query("SELECT * FROM read_text('/etc/hostname')", TestContext.Current.CancellationToken));
            Assert.True(Directory.Exists(left));
        }
        finally
        {
            Directory.Delete(left);
        }

        Assert.True(File.Exists(file.Path));
        await SurveyAsync(file);
    }

    private static string Describe(ColumnType type) => type.Kind == TypeKind.Numeric ? $"Numeric({type.Precision},{type.Scale})" : type.Kind.ToString();

    private static DatasetReader Reader(DatasetSurvey survey, SourceFile file) =>
        new ParquetSurveyor(Small).CreateReader(survey, [file], [.. survey.Columns.Select(column => column.Type)]);

    private static List<string> Read(DatasetSurvey survey, SourceFile file)
    {
        using var reader = Reader(survey, file).Open(0);
        return Rows(reader);
    }

    private static List<string> Rows(IRecordReader reader)
    {
        List<string> rows = [];
        var batch = new RecordBatch();
        while (reader.Read(batch))
        {
            for (var row = 0; row < batch.Rows; row++)
            {
                rows.Add(string.Join('|', Enumerable.Range(0, batch.Columns)
                    .Select(column => batch.IsNull(row, column) ? "∅" : Encoding.UTF8.GetString(batch.Value(row, column)))));
            }
        }

        return rows;
    }

    private static Task<DatasetSurvey> SurveyAsync(SourceFile file, Func<SurveyRequest, SurveyRequest>? with = null)
    {
        var request = new SurveyRequest { Files = [file] };
        return new ParquetSurveyor(Small).SurveyAsync(with?.Invoke(request) ?? request, new Progress<long>(), TestContext.Current.CancellationToken);
    }

    private SourceFile Parquet(string sql, string options = "", string name = "data.parquet") => ParquetFile.Write(_files.FullName, sql, options, name);
}
