using System.Globalization;
using System.Text;
using Etl.Loader.Survey;
using Etl.Loader.Survey.JsonLines;

namespace Etl.Loader.Tests.Survey.Formats;

public sealed class JsonLinesTests : IDisposable
{
    private static readonly JsonLinesLimits Tiny = new(Buffer: 16, MaxLine: 400, Chunk: 100, Batch: 64);

    private readonly DataFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData("1|20|-3", TypeKind.BigInt, 0, 0)]
    [InlineData("1.10|2|-0.5", TypeKind.Numeric, 3, 2)]
    [InlineData("12345678901234567890123|1", TypeKind.Numeric, 23, 0)]
    [InlineData("1e5|1", TypeKind.Text, 0, 0)]
    [InlineData("true|false|null", TypeKind.Boolean, 0, 0)]
    [InlineData("true|1", TypeKind.Text, 0, 0)]
    [InlineData("null|null", TypeKind.Empty, 0, 0)]
    [InlineData("\"1\"|\"2\"", TypeKind.Text, 0, 0)]
    [InlineData("\"1.5\"", TypeKind.Text, 0, 0)]
    [InlineData("\"true\"", TypeKind.Text, 0, 0)]
    [InlineData("\"\"", TypeKind.Text, 0, 0)]
    [InlineData("1|\"1\"", TypeKind.Text, 0, 0)]
    [InlineData("\"2026-02-28\"|null", TypeKind.Date, 0, 0)]
    [InlineData("\"2026-02-28\"|\"2026-02-30\"", TypeKind.Text, 0, 0)]
    [InlineData("\"2026-02-28T10:00:00\"", TypeKind.Timestamp, 0, 0)]
    [InlineData("\"2026-02-28T10:00:00.5Z\"", TypeKind.TimestampTz, 0, 0)]
    [InlineData("\"2026-02-28T10:00:00+02:00\"", TypeKind.Text, 0, 0)]
    [InlineData("\"0190e0c8-7d2a-7b8e-9c00-0123456789ab\"", TypeKind.Uuid, 0, 0)]
    [InlineData("{\"a\":1}|[1,2]", TypeKind.Json, 0, 0)]
    [InlineData("{\"a\":1}|\"text\"|3", TypeKind.Json, 0, 0)]
    [InlineData("3|[]", TypeKind.Json, 0, 0)]
    public async Task A_column_has_the_narrowest_type_of_its_values(string values, object kind, int precision, int scale)
    {
        var survey = await SurveyAsync(Lines([.. values.Split('|').Select(value => $$"""{"a":{{value}}}""")]));
        var type = Assert.Single(survey.Columns).Type;
        Assert.Equal((TypeKind)kind, type.Kind);
        if (type.Kind == TypeKind.Numeric)
        {
            Assert.Equal((precision, scale), (type.Precision, type.Scale));
        }
    }

    [Fact]
    public async Task Columns_are_the_keys_of_all_records_in_order_of_first_appearance()
    {
        var file = Lines("""{"b":1}""", "", """{"a":"x","b":null}""", "  ", """{ "c" : [ 1, {"d": 2.50} ] , "b":3 }""", "{}");
        var survey = await SurveyAsync(file);
        Assert.Equal(["b", "a", "c"], survey.Columns.Select(column => column.Name));
        Assert.Equal([2L, 3L, 3L], survey.Columns.Select(column => column.Nulls));
        Assert.Equal([1, 1, 18], survey.Columns.Select(column => column.MaxBytes));
        Assert.Equal(4, survey.Rows);
        Assert.Equal(["1|∅|∅", "∅|x|∅", "3|∅|[ 1, {\"d\": 2.50} ]", "∅|∅|∅"], Read(survey, file));
    }

    [Fact]
    public async Task Values_are_exactly_those_of_the_file()
    {
        var file = Lines(
            """{"n":1.10,"s":"a\"b\\c\n\u00e9\ud834\udd1e","e":"","j":{"k":"\u0041"}}""",
            """{"n":0.1234567890123456789,"s":"plain é","e":" x ","j":"\u0041"}""",
            """{"n":98765432109876543210.5,"s":null,"j":1.50}""");
        var survey = await SurveyAsync(file);
        Assert.Equal(
            [
                "1.10|a\"b\\c\né𝄞||{\"k\":\"\\u0041\"}",
                "0.1234567890123456789|plain é| x |\"\\u0041\"",
                "98765432109876543210.5|∅|∅|1.50",
            ],
            Read(survey, file));
        Assert.Equal(new ColumnType(TypeKind.Numeric, 39, 19), survey.Columns[0].Type);
    }

    [Fact]
    public async Task As_text_strings_lose_their_quotes_and_everything_else_stands_as_it_is()
    {
        var file = Lines("""{"j":{"a":1}}""", """{"j":"x\ty"}""", """{"j":true}""");
        var survey = await SurveyAsync(file, request => request with { TypesAsText = true });
        Assert.Equal(TypeKind.Text, survey.Columns[0].Type.Kind);
        Assert.Equal(["{\"a\":1}", "x\ty", "true"], Read(survey, file));
    }

    [Fact]
    public async Task The_value_that_excluded_the_narrower_type_is_named()
    {
        var survey = await SurveyAsync(Lines("""{"a":1,"b":"2026-01-01"}""", """{"a":2,"b":"soon"}""", """{"a":"N/A","b":"2026-01-02"}"""));
        Assert.Equal(new TypeExclusion(TypeKind.BigInt, 3, "N/A"), survey.Columns[0].Excluded);
        Assert.Equal(new TypeExclusion(TypeKind.Date, 2, "soon"), survey.Columns[1].Excluded);
    }

    [Theory]
    [InlineData("""{"a":1""", "not well-formed JSON at position")]
    [InlineData("""{"a":1} {"a":2}""", "not well-formed JSON at position 9")]
    [InlineData("""{"a":01}""", "not well-formed JSON at position")]
    [InlineData("""{"a":NaN}""", "not well-formed JSON at position 6")]
    [InlineData("""{"a":1,}""", "not well-formed JSON at position")]
    [InlineData("""[1]""", "not a JSON object")]
    [InlineData("17", "not a JSON object")]
    [InlineData("null", "not a JSON object")]
    [InlineData("""{"a":1,"b":2,"a":3}""", "it has the key 'a' twice")]
    [InlineData("""{"a":1,"\u0061":3}""", "it has the key 'a' twice")]
    [InlineData("""{"a":"x\u0000y"}""", "escape that no text column can hold")]
    [InlineData("""{"a":"\ud834"}""", "escape that no text column can hold")]
    [InlineData("""{"\u0000":1}""", "a key has an escape")]
    [InlineData("""{"a":{"b":"\u0000"}}""", "nested text has an escape")]
    [InlineData("""{"a":{"b":["\udd1e"]}}""", "nested text has an escape")]
    [InlineData("""{"a":{"b":1,"c":2,"\u0062":3}}""", "a nested object has a key twice")]
    [InlineData("""{"a":[1e999999]}""", "nested number is too large")]
    public async Task A_line_that_is_not_a_record_is_named_or_left_aside(string line, string reason)
    {
        var file = Lines("""{"z":1}""", line, """{"z":2}""");
        var fault = await Assert.ThrowsAsync<DatasetException>(() => SurveyAsync(file));
        Assert.Equal((file.Name, 2L), (fault.File, fault.Line));
        Assert.Contains(reason, fault.Message, StringComparison.Ordinal);

        var survey = await SurveyAsync(file, request => request with { RejectsMax = 1 });
        Assert.Equal(["z"], survey.Columns.Select(column => column.Name));
        Assert.Equal(3, survey.Rows);
        using var reader = Reader(survey, file).Open(0);
        Assert.Equal(["1", "2"], Rows(reader));
        var reject = Assert.Single(reader.Rejects);
        Assert.Equal((file.Name, 2L, 8L, line), (reject.File, reject.Line, reject.Offset, reject.Raw));
        Assert.Contains(reason, reject.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bytes_that_are_not_UTF8_reject_their_line()
    {
        var file = _files.Write("bytes.jsonl", [.. "{\"a\":\"ok\"}\n{\"a\":\""u8, 0xFF, .. "\"}\n"u8]);
        var fault = await Assert.ThrowsAsync<DatasetException>(() => SurveyAsync(file));
        Assert.Contains("line 2", fault.Message, StringComparison.Ordinal);
        Assert.Contains("not UTF-8 from position 7 on", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[{\"a\":1},\n{\"a\":2}]")]
    [InlineData("\n  [\n")]
    [InlineData("{\n  \"a\": 1\n}\n")]
    public async Task Another_form_of_JSON_is_refused_with_its_conversion_whatever_may_be_rejected(string text)
    {
        var fault = await Assert.ThrowsAsync<DatasetException>(
            () => SurveyAsync(_files.Write("array.json", text), request => request with { RejectsMax = 100 }));
        Assert.Contains("jq -c", fault.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lines_may_be_far_longer_than_the_buffer_and_too_long_ones_are_rejected()
    {
        string fits = new('x', 350), longer = new('y', 2_000);
        var file = Lines($$"""{"a":"{{fits}}"}""", $$"""{"a":"{{longer}}"}""", """{"a":"short"}""", $$"""{"a":"{{longer}}"}""");
        var fault = await Assert.ThrowsAsync<DatasetException>(() => SurveyAsync(file));
        Assert.Contains("line 2: this is not a record, it is longer than 400 bytes", fault.Message, StringComparison.Ordinal);

        var survey = await SurveyAsync(file, request => request with { RejectsMax = 2 });
        using var reader = Reader(survey, file).Open(0);
        Assert.Equal([fits, "short"], Rows(reader));
        Assert.Equal([(2L, 359L, 2_009L), (4L, 2_382L, 2_009L)], reader.Rejects.Select(reject => (reject.Line, reject.Offset, reject.Bytes)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Chunk_by_chunk_the_same_records_are_read_as_at_once(int seed)
    {
        var random = new Random(seed);
        var text = new StringBuilder(seed == 2 ? "\uFEFF" : "");
        for (var i = 0; i < 200; i++)
        {
            text.Append(random.Next(12) switch
            {
                0 => "\n",
                1 => "broken\n",
                2 => $$"""{"id":{{i}},"s":"{{new string('z', 500)}}"}""" + "\n",
                3 => $$"""{"id":{{i}},"s":"\u00e9{{new string('z', random.Next(80))}}"}""" + "\r\n",
                _ => $$"""{"id":{{i}},"s":"{{new string('z', random.Next(30))}}"}""" + "\n",
            });
        }

        text.Append("{\"id\":-1}");
        var file = _files.Write("chunks.jsonl", text.ToString());
        var survey = await SurveyAsync(file, request => request with { RejectsMax = 1_000 });
        var chunks = survey.Files[0].Chunks;
        var bytes = await File.ReadAllBytesAsync(file.Path, TestContext.Current.CancellationToken);

        Assert.True(chunks.Count > 10);
        Assert.Equal(bytes.Length, chunks.Sum(chunk => chunk.Bytes));
        Assert.Equal(survey.Rows, chunks.Sum(chunk => chunk.Rows));
        Assert.All(chunks, chunk => Assert.Equal(
            Convert.ToHexStringLower(System.IO.Hashing.XxHash128.Hash(bytes.AsSpan((int)chunk.Offset, (int)chunk.Bytes))), chunk.Hash));
        Assert.Equal(Hash(bytes), survey.Sha256);

        using var whole = Reader(survey, file).Open(0);
        var rows = Rows(whole, places: true);
        List<string> byChunk = [];
        List<RejectedRecord> rejects = [];
        foreach (var chunk in chunks)
        {
            using var part = Reader(survey, file).Open(0, chunk);
            var last = new RecordBatch();
            var partRows = Rows(part, places: true, last);
            Assert.Equal(chunk.Offset + chunk.Bytes, last.BytesRead);
            Assert.Equal(chunk.Rows, partRows.Count + part.Rejects.Count);
            byChunk.AddRange(partRows);
            rejects.AddRange(part.Rejects);
        }

        Assert.Equal(rows, byChunk);
        Assert.Equal(whole.Rejects, rejects);
        Assert.Equal(survey.Rows, rows.Count + rejects.Count);
    }

    [Fact]
    public async Task A_chunk_that_is_not_what_it_was_is_not_read_to_its_end()
    {
        var file = Lines("""{"a":1}""", """{"a":2}""");
        var survey = await SurveyAsync(file);
        Lines("""{"a":1}""", """{"a":3}""");
        using var reader = Reader(survey, file).Open(0, survey.Files[0].Chunks[0]);
        var fault = Assert.Throws<DatasetException>(() => Rows(reader));
        Assert.Contains("changed between its survey and its reading", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_the_survey_did_not_see_is_a_changed_file()
    {
        var file = Lines("""{"a":1}""");
        var survey = await SurveyAsync(file);
        Lines("""{"b":1}""");
        using var reader = Reader(survey, file).Open(0);
        Assert.Contains("line 1 has a new key, 'b'", Assert.Throws<DatasetException>(() => Rows(reader)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_not_what_it_was_is_not_read_to_its_end()
    {
        var file = Lines("""{"a":1}""");
        var survey = await SurveyAsync(file);
        Lines("""{"a":2}""");
        using var reader = Reader(survey, file).Open(0);
        Assert.Contains("changed between", Assert.Throws<DatasetException>(() => Rows(reader)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Days_become_midnights_where_the_column_has_timestamps()
    {
        var file = Lines("""{"a":"2026-01-31"}""", """{"a":null}""");
        var survey = await SurveyAsync(file);
        using var reader = new JsonLinesSurveyor(Tiny).CreateReader(survey, [file], [new ColumnType(TypeKind.Timestamp)]).Open(0);
        Assert.Equal(["2026-01-31 00:00:00", "∅"], Rows(reader));
    }

    [Fact]
    public async Task Compressed_and_UTF16_files_have_the_same_records_and_no_chunks()
    {
        var lines = string.Concat(Enumerable.Range(0, 50).Select(i => $$"""{"id":{{i}},"s":"é{{i}}"}""" + "\n"));
        var plain = _files.Write("a.jsonl", lines);
        var expected = Read(await SurveyAsync(plain), plain);
        foreach (var bytes in new[]
        {
            DataFiles.Gzip(Encoding.UTF8.GetBytes(lines)),
            DataFiles.Zstd(Encoding.UTF8.GetBytes(lines)),
            Encoding.Unicode.GetPreamble().Concat(Encoding.Unicode.GetBytes(lines)).ToArray(),
        })
        {
            var file = _files.Write("b", bytes);
            var survey = await SurveyAsync(file);
            Assert.Empty(survey.Files[0].Chunks);
            Assert.Equal(Hash(bytes), survey.Sha256);
            Assert.Equal(bytes.Length, survey.Bytes);
            Assert.Equal(expected, Read(survey, file));
        }
    }

    [Fact]
    public async Task Several_files_are_one_dataset()
    {
        SourceFile[] files = [_files.Write("1", "{\"a\":1}\n"), _files.Write("2", "{\"b\":\"x\",\"a\":2.5}\n{}")];
        var progress = new Latest();
        var request = new SurveyRequest { Files = files };
        var survey = await new JsonLinesSurveyor(Tiny).SurveyAsync(request, progress, TestContext.Current.CancellationToken);
        Assert.Equal(["a", "b"], survey.Columns.Select(column => column.Name));
        Assert.Equal(new ColumnType(TypeKind.Numeric, 2, 1), survey.Columns[0].Type);
        Assert.Equal([1L, 2L], survey.Files.Select(file => file.Rows));
        Assert.Equal((3L, 28L, 28L), (survey.Rows, survey.Bytes, progress.Value));
        Assert.NotEqual(survey.Files[0].Sha256, survey.Sha256);
        var reader = new JsonLinesSurveyor(Tiny).CreateReader(survey, files, [.. survey.Columns.Select(column => column.Type)]);
        Assert.Equal(["2.5|x", "∅|∅"], Rows(reader.Open(1)));
    }

    [Fact]
    public async Task A_value_of_the_batch_can_still_be_rejected_with_its_line()
    {
        var file = Lines("""{"a":"1"}""", """{"a":"two"}""");
        var survey = await SurveyAsync(file);
        using var reader = Reader(survey, file).Open(0);
        var batch = new RecordBatch();
        Assert.True(reader.Read(batch));
        Assert.Equal(
            new RejectedRecord(file.Name, 2, 10, 11, "a", "not a bigint", """{"a":"two"}"""), reader.Reject(batch, 1, "a", "not a bigint"));
        Assert.Equal(22, batch.BytesRead);
    }

    [Fact]
    public async Task An_empty_file_has_no_rows_and_no_columns()
    {
        var survey = await SurveyAsync(_files.Write("empty", ""));
        Assert.Empty(survey.Columns);
        Assert.Equal(0, survey.Rows);
    }

    [Fact]
    public async Task Keys_that_are_data_do_not_become_columns_without_end()
    {
        var file = _files.Write("keys", string.Concat(Enumerable.Range(0, 20_000).Select(i => $$"""{"k{{i}}":1}""" + "\n")));
        var fault = await Assert.ThrowsAsync<DatasetException>(() => SurveyAsync(file));
        Assert.Contains("10000 different keys", fault.Message, StringComparison.Ordinal);
    }

    private static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes));

    private static DatasetReader Reader(DatasetSurvey survey, SourceFile file) =>
        new JsonLinesSurveyor(Tiny).CreateReader(survey, [file], [.. survey.Columns.Select(column => column.Type)]);

    private static List<string> Read(DatasetSurvey survey, SourceFile file)
    {
        using var reader = Reader(survey, file).Open(0);
        return Rows(reader);
    }

    private static List<string> Rows(IRecordReader reader, bool places = false, RecordBatch? last = null)
    {
        List<string> rows = [];
        var batch = last ?? new RecordBatch();
        while (reader.Read(batch))
        {
            for (var row = 0; row < batch.Rows; row++)
            {
                var values = Enumerable.Range(0, batch.Columns)
                    .Select(column => batch.IsNull(row, column) ? "∅" : Encoding.UTF8.GetString(batch.Value(row, column)));
                rows.Add((places ? string.Create(CultureInfo.InvariantCulture, $"{batch.Lines[row]}@{batch.Offsets[row]}:") : "") + string.Join('|', values));
            }
        }

        return rows;
    }

    private SourceFile Lines(params string[] lines) => _files.Write("data.jsonl", string.Concat(lines.Select(line => line + "\n")));

    private static Task<DatasetSurvey> SurveyAsync(SourceFile file, Func<SurveyRequest, SurveyRequest>? with = null)
    {
        var request = new SurveyRequest { Files = [file] };
        return new JsonLinesSurveyor(Tiny).SurveyAsync(with?.Invoke(request) ?? request, new Latest(), TestContext.Current.CancellationToken);
    }

    private sealed class Latest : IProgress<long>
    {
        public long Value { get; private set; }

        public void Report(long value) => Value = value;
    }
}
