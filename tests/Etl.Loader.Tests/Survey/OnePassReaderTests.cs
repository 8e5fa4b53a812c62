using System.IO.Compression;
using System.Text;
using Etl.Loader.Survey;
using Etl.Loader.Survey.Delimited.Scanning;

namespace Etl.Loader.Tests.Survey;

/// <summary>A dataset that is surveyed while it is read: what is declared is held, what the table has may turn out too narrow.</summary>
public sealed class OnePassReaderTests : IDisposable
{
    private static readonly ColumnType BigInt = new(TypeKind.BigInt);
    private readonly SurveyFiles _files = new();

    public void Dispose() => _files.Dispose();

    private static async Task<DatasetSurvey> ReadAsync(SourceFile file, bool declared, long rejectsMax = 0, params ColumnType[] types)
    {
        var request = new SurveyRequest { Files = [file], RejectsMax = rejectsMax };
        var surveyor = SurveyFiles.Surveyor(new ScanOptions { BufferBytes = 64, PartBytes = 100, SampleBytes = 512 });
        var sketch = surveyor.Sketch(request)!;
        var reader = surveyor.CreateOnePassReader(request, sketch, types, declared);
        await SurveyFiles.ReadPartsAsync(reader, sketch);
        return reader.Finish(sketch);
    }

    private static string Ids(params string[] last) =>
        "id,name\n" + string.Concat(Enumerable.Range(1, 100).Select(i => $"{i},customer\n")) + string.Concat(last.Select(line => line + "\n"));

    [Fact]
    public async Task With_the_types_of_the_table_the_survey_is_the_one_of_a_pass_of_its_own()
    {
        var file = _files.Write("orders.csv", Ids("101,"));
        var survey = await ReadAsync(file, declared: false, types: [BigInt, ColumnType.Text]);
        var other = await SurveyFiles.SurveyAsync(file);
        Assert.Equal(other.Columns, survey.Columns);
        Assert.Equal((other.Rows, other.Bytes, other.Sha256), (survey.Rows, survey.Bytes, survey.Sha256));
        Assert.Equal(1, survey.Columns[1].Nulls);
    }

    [Theory]
    [InlineData("1.5,customer")]
    [InlineData("007,customer")]
    public async Task A_value_for_which_a_survey_would_widen_the_table_needs_one(string line) =>
        await Assert.ThrowsAsync<SurveyNeededException>(
            () => ReadAsync(_files.Write("orders.csv", Ids(line)), declared: false, types: [BigInt, ColumnType.Text]));

    [Fact]
    public async Task A_double_that_would_lose_digits_needs_a_survey()
    {
        var file = _files.Write("orders.csv", Ids("1.23456789012345678901,customer"));
        await Assert.ThrowsAsync<SurveyNeededException>(() => ReadAsync(file, declared: false, types: [new(TypeKind.Float8), ColumnType.Text]));
    }

    [Fact]
    public async Task The_header_again_is_refused_as_by_a_survey()
    {
        var file = _files.Write("orders.csv", Ids("id,name", "1,customer"));
        var fault = await Assert.ThrowsAsync<DatasetException>(() => ReadAsync(file, declared: false, types: [ColumnType.Text, ColumnType.Text]));
        Assert.Contains("repeats the header", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bytes_of_another_encoding_behind_the_sample_need_a_survey()
    {
        var bytes = Encoding.Latin1.GetBytes(Ids("101,M\u00fcller"));
        var file = _files.Write("orders.csv", bytes);
        await Assert.ThrowsAsync<OtherEncodingException>(() => ReadAsync(file, declared: true, types: [BigInt, ColumnType.Text]));
    }

    [Fact]
    public async Task Damaged_records_are_rejected_up_to_the_allowed_number()
    {
        var file = _files.Write("orders.csv", Ids("101", "102,customer,x", "103,customer"));
        var survey = await ReadAsync(file, declared: true, rejectsMax: 2, types: [BigInt, ColumnType.Text]);
        Assert.Equal(103, survey.Rows);
        var fault = await Assert.ThrowsAsync<DatasetException>(() => ReadAsync(file, declared: true, rejectsMax: 1, types: [BigInt, ColumnType.Text]));
        Assert.Equal(102, fault.Line);
    }

    [Fact]
    public async Task A_truncated_gzip_file_is_never_read_to_its_end()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(Encoding.UTF8.GetBytes(Ids()));
        }

        var file = _files.Write("orders.csv.gz", packed.ToArray()[..^9]);
        await Assert.ThrowsAsync<DatasetException>(() => ReadAsync(file, declared: true, types: [BigInt, ColumnType.Text]));
    }
}
