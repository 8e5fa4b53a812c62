using System.Text;
using Etl.Loader.Survey;
using Etl.Loader.Survey.Delimited.Scanning;

namespace Etl.Loader.Tests.Survey;

/// <summary>Files as they come from the wild: the right table where the evidence is clear, a refusal that names the line where it is not.</summary>
public sealed class DialectTests : IDisposable
{
    private readonly SurveyFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData("id,name\n1,a\n2,b\n", ",", "id|name", "1|a", "2|b")]
    [InlineData("id;name\n1;a\n2;b\n", ";", "id|name", "1|a", "2|b")]
    [InlineData("id\tname\n1\ta b\n2\tb c\n", "\t", "id|name", "1|a b", "2|b c")]
    [InlineData("id name\n1 a\n2 b\n", " ", "id|name", "1|a", "2|b")]
    [InlineData("id, name, x\n1, a, 2\n2, b, 3\n", ", ", "id|name|x", "1|a|2", "2|b|3")]
    [InlineData("id, name\n1, \"a, b\"\n2, \"b\"\n", ", ", "id|name", "1|a, b", "2|b")]
    [InlineData("price;qty\n1,5;2,5\n2,5;3,5\n", ";", "price|qty", "1,5|2,5", "2,5|3,5")]
    [InlineData("ts,v\n2026-01-01 10:00:00,1\n2026-01-01 11:00:00,2\n", ",", "ts|v", "2026-01-01 10:00:00|1", "2026-01-01 11:00:00|2")]
    [InlineData("ts\n2026-01-01 10:00:00\n2026-01-01 11:00:00\n", null, "ts", "2026-01-01 10:00:00", "2026-01-01 11:00:00")]
    [InlineData("name\nAnna Maria\nBob\n", null, "name", "Anna Maria", "Bob")]
    [InlineData("id,name\r\n1,a\r\n2,b", ",", "id|name", "1|a", "2|b")]
    [InlineData("id,name\r1,a\r2,b\r", ",", "id|name", "1|a", "2|b")]
    [InlineData("id,name\n1,a\r\n2,b\r3,c", ",", "id|name", "1|a", "2|b", "3|c")]
    [InlineData("1,a\n2,b\n3,c\n", ",", "column_1|column_2", "1|a", "2|b", "3|c")]
    [InlineData("id,name\n\n1,a\n\n2,b\n\n", ",", "id|name", "1|a", "2|b")]
    [InlineData("Report of May\n\nid,name,x\n1,a,2\n2,b,3\n", ",", "id|name|x", "1|a|2", "2|b|3")]
    [InlineData("# made, by us\nid,name,x\n1,a,2\n2,b,3\n", ",", "id|name|x", "1|a|2", "2|b|3")]
    [InlineData("id,name\n1,'a, b'\n2,'c'\n", ",", "id|name", "1|a, b", "2|c")]
    [InlineData("id,name\n1,\"a \\\"b\\\", c\"\n2,\"d\"\n", ",", "id|name", "1|a \"b\", c", "2|d")]
    [InlineData("id,name\n1,\"a \"\"b\"\", c\"\n2,\"d\ne\"\n", ",", "id|name", "1|a \"b\", c", "2|d\ne")]
    [InlineData("id\tname\n1\t6\" nail\n2\t7\" nail\n", "\t", "id|name", "1|6\" nail", "2|7\" nail")]
    [InlineData("a,b\n", ",", "a|b")]
    [InlineData("a,a,\n1,2,3\n", ",", "a|a|", "1|2|3")]
    [InlineData("'8.53', '61'\n'3.72', '9731758814814382'\n'794.48', '-253246'\n", ", ", "column_1|column_2", "8.53|61", "3.72|9731758814814382", "794.48|-253246")]
    [InlineData("amount;qty\n1'200.50;2\n12'000.00;3\n", ";", "amount|qty", "1'200.50|2", "12'000.00|3")]
    [InlineData("id,note\n1,it's\n2,'tis\n", ",", "id|note", "1|it's", "2|'tis")]
    [InlineData("id,v\n1,NULL\n2,\n", ",", "id|v", "1|NULL", "2|")]
    public async Task Clear_evidence_gives_the_right_table(string text, string? delimiter, string header, params string[] rows)
    {
        var file = _files.Write("data.csv", text);
        var survey = await SurveyFiles.SurveyAsync(file);
        Assert.Equal(header.Split('|'), survey.Columns.Select(column => column.Name));
        Assert.Equal(delimiter ?? survey.Files[0].Dialect!.Delimiter, survey.Files[0].Dialect!.Delimiter);
        var read = SurveyFiles.Read(survey, [file]);
        Assert.Equal(rows, read.Rows.Select(row => string.Join('|', row)));
        Assert.Equal(rows.Length, survey.Rows);
    }

    [Theory]
    [InlineData("", null, "is empty")]
    [InlineData("\n\n", null, "is empty")]
    [InlineData("id,name\n1,a\n2,b,c\n3,d\n", 3L, "line 3 has 3 fields, the header has 2")]
    [InlineData("id,name,x\n1,a,2\n2,b\n", 3L, "line 3 has 2 fields, the header has 3")]
    [InlineData("id,name\n1,\"a\"b\n2,\"c\"\n", 2L, "line 2 has text after a closing quote")]
    [InlineData("id,name\n1,\"a\"\n2,b\"c\n", 3L, "line 3 has a quote inside a field that is not quoted")]
    [InlineData("id,name\n1,\"a\"\n2,\"b\n3,c\n", 3L, "is never closed")]
    [InlineData("id,name\n1,a\0b\n", 2L, "line 2 contains a NUL byte")]
    [InlineData("id\n1\n\n2\n", 3L, "line 3 is blank")]
    [InlineData("a b;c,d\ne f;g,h\n", 1L, "can be read with")]
    [InlineData("country,2019,2020\nA,1,2\nB,3,4\n", 1L, "names the columns or is a row of data")]
    [InlineData("id,name,2020\n1,a,3\n2,b,4\n", 1L, "names the columns or is a row of data")]
    [InlineData("art,qtx\nart,5\nb,x7\nc,9\n", 1L, "names the columns or is a row of data")]
    [InlineData("art,qtx\nart,5\nb,7\nc,?7\n", 1L, "names the columns or is a row of data")]
    [InlineData("id,name\n1,'a'\n2,'it's'\n3,'c'\n", 2L, "apostrophes of line 2")]
    [InlineData("id,name\n1,'a'\n2,'b' x\n3,c\n4,'d'\n", 2L, "apostrophes of line 2")]
    [InlineData("id,name\n1,'a'\n2,b'\n3,'c'\n4,'d'\n", 2L, "apostrophes of line 2")]
    [InlineData("id,\"na\"me\n1,a\n2,b\n", 1L, "which names the columns, is damaged")]
    [InlineData("\"id\" x,name\na,1\nb,2\n", 1L, "which names the columns, is damaged")]
    [InlineData("\"art\"x,qtx\nAnn,Rome\nBob,Paris\n", 1L, "")]
    [InlineData("\"art\"x,\"qtx\"\n\"art\",\"Rome\"\n\"Bob\",\"Paris\"\n", 1L, "")]
    [InlineData("a,b\nc;d\ne,f,g\nh\n", null, "")]
    [InlineData("x\n1,2,3\n4,5,6\n", null, "")]
    [InlineData("id,name\n1,2,3\n4,5,6\n7,8,9\n", null, "")]
    public async Task Unclear_or_damaged_files_are_refused_by_line_with_what_to_write(string text, long? line, string message)
    {
        var file = _files.Write("data.csv", text);
        var exception = await Assert.ThrowsAsync<DatasetException>(() => SurveyFiles.SurveyAsync(file));
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
        Assert.StartsWith("data.csv", exception.Message, StringComparison.Ordinal);
        Assert.NotNull(exception.Hint);
        Assert.Equal("data.csv", exception.File);
        if (line is not null)
        {
            Assert.Equal(line, exception.Line);
        }
    }

    [Fact]
    public async Task Quoted_emptiness_is_a_text_and_unquoted_is_null()
    {
        var file = _files.Write("data.csv", "a,b\n\"\",1\n,2\n");
        var survey = await SurveyFiles.SurveyAsync(file);
        Assert.Equal([TypeKind.Text, TypeKind.BigInt], survey.Columns.Select(column => column.Type.Kind));
        Assert.Equal([1L, 0L], survey.Columns.Select(column => column.Nulls));
        Assert.Equal([["", "1"], [null, "2"]], SurveyFiles.Read(survey, [file]).Rows);
    }

    [Fact]
    public async Task Stated_nulls_are_null_only_where_they_are_not_quoted()
    {
        var file = _files.Write("data.csv", "a,b\nNA,1\n\"NA\",2\n,3\n");
        var survey = await SurveyFiles.SurveyAsync(file, new() { Null = ["NA"] });
        Assert.Equal([[null, "1"], ["NA", "2"], ["", "3"]], SurveyFiles.Read(survey, [file]).Rows);
    }

    [Fact]
    public async Task What_the_producer_says_wins()
    {
        var file = _files.Write("data.csv", "junk, more; junk\nx;1,5;01.02.2026\ny;2,25;28.02.2026\n");
        var dialect = new DialectSpec { Delimiter = ";", Skip = 1, Header = false, Decimal = ",", Date = "dd.MM.yyyy" };
        var survey = await SurveyFiles.SurveyAsync(file, dialect);
        Assert.Equal([new(TypeKind.Text), new(TypeKind.Numeric, 3, 2), new ColumnType(TypeKind.Date)], survey.Columns.Select(column => column.Type));
        Assert.Equal([["x", "1.5", "2026-02-01"], ["y", "2.25", "2026-02-28"]], SurveyFiles.Read(survey, [file]).Rows);
        Assert.Equal(
            [["x", "1,5", "01.02.2026"], ["y", "2,25", "28.02.2026"]],
            SurveyFiles.Read(survey, [file], types: [ColumnType.Text, ColumnType.Text, ColumnType.Text]).Rows);
    }

    [Fact]
    public async Task Short_records_are_padded_only_where_that_was_asked_for()
    {
        var file = _files.Write("data.csv", "a,b,c\n1,2,3\n4\n5,6\n");
        var survey = await SurveyFiles.SurveyAsync(file, ragged: RaggedRows.Pad);
        Assert.Contains("2 records padded with nulls", survey.Notes);
        Assert.Equal([["1", "2", "3"], ["4", null, null], ["5", "6", null]], SurveyFiles.Read(survey, [file]).Rows);
    }

    [Fact]
    public async Task Damaged_records_are_rejected_with_line_bytes_and_text_while_that_is_allowed()
    {
        var file = _files.Write("data.csv", "a,b\n1,2\n3\n4,5\n\"x\"y,6\n7,8\0\n9,10\n");
        var survey = await SurveyFiles.SurveyAsync(file, rejectsMax: 3);
        Assert.Equal(6, survey.Rows);
        var (rows, rejects) = SurveyFiles.Read(survey, [file]);
        Assert.Equal([["1", "2"], ["4", "5"], ["9", "10"]], rows);
        Assert.Equal([(3, 8, 2, "3"), (5, 14, 7, "\"x\"y,6"), (6, 21, 5, "7,8\uFFFD")], rejects.Select(r => ((int)r.Line, (int)r.Offset, (int)r.Bytes, r.Raw)));
        var exception = await Assert.ThrowsAsync<DatasetException>(() => SurveyFiles.SurveyAsync(file, rejectsMax: 2));
        Assert.Equal(3, exception.Line);
    }

    [Fact]
    public async Task A_record_of_a_batch_can_be_rejected_with_its_raw_text()
    {
        var file = _files.Write("data.csv", "a,b\n1,\"x \"\"y\"\"\nz\"\n2,\n");
        var survey = await SurveyFiles.SurveyAsync(file);
        using var records = SurveyFiles.Surveyor().CreateReader(survey, [file], [.. survey.Columns.Select(column => column.Type)]).Open(0);
        var batch = new RecordBatch();
        Assert.True(records.Read(batch));
        Assert.Equal(new("data.csv", 2, 4, 14, "b", "too long", "1,\"x \"\"y\"\"\nz\""), records.Reject(batch, 0, "b", "too long"));
        Assert.Equal(new("data.csv", 4, 18, 3, null, "no", "2,"), records.Reject(batch, 1, null, "no"));
    }

    [Theory]
    [InlineData("utf-16le")]
    [InlineData("utf-16be")]
    [InlineData("utf-8")]
    public async Task Byte_order_marks_and_zero_bytes_show_the_encoding(string name)
    {
        const string text = "id,name\n1,Zoë\n2,Łódź\n";
        foreach (var mark in (bool[])[true, false])
        {
            var file = _files.Write("data.csv", Encoding.GetEncoding(name).GetBytes(mark ? "\uFEFF" + text : text));
            var survey = await SurveyFiles.SurveyAsync(file);
            Assert.Equal(name, survey.Files[0].Dialect!.Encoding);
            Assert.Equal([["1", "Zoë"], ["2", "Łódź"]], SurveyFiles.Read(survey, [file]).Rows);
        }
    }

    [Fact]
    public async Task Western_letters_that_come_late_make_the_file_windows_1252()
    {
        var bytes = Encoding.Latin1.GetBytes("id,name\n" + string.Concat(Enumerable.Range(0, 500).Select(i => $"{i},plain\n")) + "500,Zoë\n");
        var file = _files.Write("data.csv", bytes);
        var survey = await SurveyFiles.SurveyAsync(file, options: new() { SampleBytes = 1000, BufferBytes = 256 });
        Assert.Equal("windows-1252", survey.Files[0].Dialect!.Encoding);
        Assert.Equal(["500", "Zoë"], SurveyFiles.Read(survey, [file]).Rows[^1]);
    }

    [Fact]
    public async Task A_damaged_byte_in_utf_8_is_a_reject_and_not_another_encoding()
    {
        byte[] bytes = [.. "id,name\n1,Zoë\n2,Zo"u8, 0xEB, .. "\n3,x\n"u8];
        var file = _files.Write("data.csv", bytes);
        var exception = await Assert.ThrowsAsync<DatasetException>(() => SurveyFiles.SurveyAsync(file, options: new() { SampleBytes = 12 }));
        Assert.Equal("data.csv: line 3 is not valid UTF-8.", exception.Message);
    }

    [Fact]
    public async Task Quotes_that_were_ordinary_in_the_sample_must_be_so_to_the_end()
    {
        var file = _files.Write("data.csv", "id,name\n1,6\" nail\n2,7\" nail\n3,\"a\"\n");
        var exception = await Assert.ThrowsAsync<DatasetException>(
            () => SurveyFiles.SurveyAsync(file, options: new() { SampleBytes = 30 }, rejectsMax: 10));
        Assert.Equal(4, exception.Line);
    }

    [Fact]
    public async Task An_alphabet_that_is_not_western_is_refused_rather_than_loaded_as_other_letters()
    {
        byte[] cyrillic = [0xCC, 0xEE, 0xF1, 0xEA, 0xE2, 0xE0];
        var file = _files.Write("data.csv", [.. "id,name\n1,"u8, .. cyrillic, .. "\n"u8]);
        var exception = await Assert.ThrowsAsync<DatasetException>(() => SurveyFiles.SurveyAsync(file));
        Assert.Contains("encoding", exception.Hint!, StringComparison.Ordinal);
        var survey = await SurveyFiles.SurveyAsync(file, new() { Encoding = "windows-1251" });
        Assert.Equal([["1", "Москва"]], SurveyFiles.Read(survey, [file]).Rows);
    }

    [Theory]
    [InlineData("PK\u0003\u0004\u0014\0", "a ZIP archive or a workbook")]
    [InlineData("%PDF-1.7\n%", "a PDF document")]
    [InlineData("PAR1\u0015\u0004", "a Parquet file")]
    [InlineData("SQLite format 3\0", "an SQLite database")]
    [InlineData("\u00fd7zXZ\0", "a file compressed by xz")]
    [InlineData("", "a binary file")]
    public async Task What_is_not_text_is_called_by_its_kind(string begin, string kind)
    {
        var noise = new byte[10_000];
        new Random(3).NextBytes(noise);
        var file = _files.Write("sales.csv", [.. Encoding.Latin1.GetBytes(begin), .. noise]);
        var exception = await Assert.ThrowsAsync<DatasetException>(() => SurveyFiles.SurveyAsync(file));
        Assert.Equal($"sales.csv is not text but {kind}.", exception.Message);
    }

    [Fact]
    public async Task Text_is_not_a_binary_file_for_its_controls()
    {
        var file = _files.Write("data.csv", "id\u0001name\u0001note\n1\u0001a\u0001b\n2\u0001c\u0001d\n"u8.ToArray());
        Assert.Equal(2, (await SurveyFiles.SurveyAsync(file, new() { Delimiter = "\u0001" })).Rows);
        var words = _files.Write("words.csv", [.. "ORCHARD,name\n"u8, .. Enumerable.Repeat("1,apple\n"u8.ToArray(), 50).SelectMany(line => line), .. "2,b\0\n"u8]);
        Assert.Contains("line 52", (await Assert.ThrowsAsync<DatasetException>(() => SurveyFiles.SurveyAsync(words))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_record_beyond_the_limit_is_a_reject_however_long_it_is()
    {
        var options = new ScanOptions { BufferBytes = 64, MaxRecordBytes = 200, SampleBytes = 64 };
        var file = _files.Write("data.csv", "a,b\n1,2\n3," + new string('x', 190) + "\n4," + new string('y', 10_000) + "\n5,\"" + new string('z', 500) + "\n" + "\"\n6,7\n");
        var survey = await SurveyFiles.SurveyAsync(file, options: options, rejectsMax: 2);
        var (rows, rejects) = SurveyFiles.Read(survey, [file], options);
        Assert.Equal(["1", "3", "6"], rows.Select(row => row[0]));
        Assert.Equal([(4L, 10_003L), (5L, 506L)], rejects.Select(reject => (reject.Line, reject.Bytes)));
        Assert.Equal(rows, SurveyFiles.Read(survey, [file], options with { BufferBytes = 1000 }).Rows);
        Assert.Equal(rows, SurveyFiles.Read(survey, [file], options with { ChunkBytes = 100 }, chunks: true).Rows);
    }

    [Fact]
    public async Task Files_of_one_dataset_are_joined_by_column_name()
    {
        SourceFile[] files = [_files.Write("1.csv", "a,b\n1,x\n"), _files.Write("2.csv", "b;a\ny;2.5\n"), _files.Write("3.csv", "a,b\n")];
        var survey = await SurveyFiles.Surveyor().SurveyAsync(new() { Files = files }, new NoProgress(), CancellationToken.None);
        Assert.Equal([new(TypeKind.Numeric, 2, 1), ColumnType.Text], survey.Columns.Select(column => column.Type));
        Assert.Equal([["1", "x"], ["2.5", "y"]], SurveyFiles.Read(survey, files).Rows);

        files = [files[0], _files.Write("4.csv", "a,c\n1,x\n")];
        var exception = await Assert.ThrowsAsync<DatasetException>(
            () => SurveyFiles.Surveyor().SurveyAsync(new() { Files = files }, new NoProgress(), CancellationToken.None));
        Assert.Equal(("4.csv", "c"), (exception.File, exception.Column));
    }

    [Fact]
    public async Task A_refusal_of_rubbish_shows_no_control_characters()
    {
        var file = _files.Write("rubbish.csv", [0x00, 0x01, 0x02, .. "binary"u8, 0xFF, 0xFE]);
        var exception = await Assert.ThrowsAsync<DatasetException>(() => SurveyFiles.SurveyAsync(file));
        Assert.DoesNotContain(exception.Message + exception.Hint, char.IsControl);
    }

    [Fact]
    public async Task A_file_that_changed_after_its_survey_is_not_read_quietly()
    {
        var file = _files.Write("data.csv", "a,b\n1,2\n3,4\n");
        var survey = await SurveyFiles.SurveyAsync(file);
        _files.Write("data.csv", "a,b\n1,2\n3,5\n");
        Assert.Throws<DatasetException>(() => SurveyFiles.Read(survey, [file]));
        Assert.Throws<DatasetException>(() => SurveyFiles.Read(survey, [file], chunks: true));
        _files.Write("data.csv", "a,b\n1,2\n3,4\n5,6\n");
        Assert.Throws<DatasetException>(() => SurveyFiles.Read(survey, [file]));
    }

    [Fact]
    public async Task Compressed_text_is_the_same_text_hashed_as_it_was_delivered()
    {
        var text = "id,name\n" + string.Concat(Enumerable.Range(0, 5000).Select(i => $"{i},name {i % 7}\n"));
        using var packed = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(packed, System.IO.Compression.CompressionLevel.Fastest))
        {
            gzip.Write(Encoding.UTF8.GetBytes(text));
        }

        var plain = _files.Write("data.csv", text);
        var file = _files.Write("data.csv.gz", packed.ToArray());
        var options = new ScanOptions { SampleBytes = 500, BufferBytes = 1000 };
        var survey = await SurveyFiles.SurveyAsync(file, options: options);
        Assert.Equal(("gzip", 5000L, packed.ToArray().LongLength), (survey.Files[0].Dialect!.Compression, survey.Rows, survey.Bytes));
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(packed.ToArray())), survey.Sha256);
        Assert.Empty(survey.Files[0].Chunks);
        var expected = SurveyFiles.Read(await SurveyFiles.SurveyAsync(plain), [plain]).Rows;
        Assert.Equal(expected, SurveyFiles.Read(survey, [file], options).Rows);
    }

    [Fact]
    public async Task A_header_longer_than_the_sample_is_found()
    {
        var names = Enumerable.Range(0, 3000).Select(i => $"measurement_{i}").ToArray();
        var file = _files.Write("data.csv", string.Join(',', names) + "\n" + string.Join(',', Enumerable.Range(0, 3000)) + "\n");
        var survey = await SurveyFiles.SurveyAsync(file, options: new() { SampleBytes = 1000, BufferBytes = 100 });
        Assert.Equal(names, survey.Columns.Select(column => column.Name));
        Assert.All(survey.Columns, column => Assert.Equal(TypeKind.BigInt, column.Type.Kind));
    }

    [Theory]
    [InlineData("id,v\n1,2\n2,3\nid,v\n3,4\n", 4L, "repeats the header")]
    [InlineData("id,v\n1,2\n2,3\nTotal,5\n", 4L, "looks like a total")]
    [InlineData("id,v\nkey,mm\n1,2\n2,3\n3,4\n", 2L, "second header line")]
    [InlineData("A-1,B-2\nA-3,B-4\nA-5,B-6\n", 1L, "names the columns or is a row of data")]
    [InlineData("idname\nBob,Paris\nAnn,Rome\nJim,Bonn\n", 1L, "not look like the 2 columns after them")]
    public async Task Lines_that_are_not_rows_are_not_loaded_as_rows(string text, long line, string message)
    {
        var file = _files.Write("data.csv", text);
        var exception = await Assert.ThrowsAsync<DatasetException>(() => SurveyFiles.SurveyAsync(file));
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
        Assert.Equal(line, exception.Line);
    }
}
