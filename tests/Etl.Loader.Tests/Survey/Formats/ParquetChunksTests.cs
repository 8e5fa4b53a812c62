using System.Text;
using Etl.Loader.Survey;
using Etl.Loader.Survey.Parquet;

namespace Etl.Loader.Tests.Survey.Formats;

public sealed class ParquetChunksTests : IDisposable
{
    private const string Numbers = "SELECT i AS id, i % 7 = 0 AS even FROM range(20000) r(i)";
    private const string SmallGroups = ", ROW_GROUP_SIZE 2048";

    private readonly DirectoryInfo _files = Directory.CreateTempSubdirectory("etl-loader-parquet-chunks-");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _files.Delete(recursive: true);

    [Theory]
    [InlineData(1, long.MaxValue)]
    [InlineData(5000, long.MaxValue)]
    [InlineData(long.MaxValue, 1)]
    public async Task Chunks_are_whole_row_groups_that_together_are_the_file(long rows, long bytes)
    {
        var file = ParquetFile.Write(_files.FullName, Numbers, SmallGroups);
        var (survey, reader) = await SurveyAsync(file, new(ChunkRows: rows, ChunkBytes: bytes));
        var chunks = survey.Files[0].Chunks;
        Assert.InRange(chunks.Count, 3, 10);
        Assert.Equal(chunks.Count, chunks.Select(chunk => chunk.Hash).Distinct().Count());
        long at = 0, first = 0;
        foreach (var chunk in chunks)
        {
            Assert.Equal((at, first, first + 1), (chunk.Offset, chunk.FirstRow, chunk.FirstLine));
            Assert.True(chunk.Rows % 2048 == 0 || chunk == chunks[^1], $"{chunk} ends within a row group");
            (at, first) = (at + chunk.Bytes, first + chunk.Rows);
        }

        Assert.Equal((survey.Bytes, survey.Rows), (at, first));
        Assert.Equal(Enumerable.Range(0, 20_000).Select(i => (i + 1L, $"{i}")), await ReadAsync(reader.OpenParts(survey, 2, [])));
    }

    [Fact]
    public async Task Who_reads_in_order_gets_the_file_as_one_part()
    {
        var (survey, reader) = await SurveyAsync(ParquetFile.Write(_files.FullName, Numbers, SmallGroups), new(ChunkRows: 1));
        await using var parts = reader.OpenInOrder(survey, 1);
        var part = await parts.TakeAsync(Token);
        Assert.Equal((survey.Bytes, survey.Sha256), (part!.Bytes, part.Hash));
        part.Open().Dispose();
        Assert.Null(await parts.TakeAsync(Token));
        Assert.Equal(20_000, (await ReadAsync(reader.OpenInOrder(survey, 1))).Count);
    }

    [Fact]
    public async Task A_part_that_is_not_read_costs_nothing()
    {
        var file = ParquetFile.Write(_files.FullName, Numbers, SmallGroups);
        var (survey, reader) = await SurveyAsync(file, new(ChunkRows: 1));
        File.Delete(file.Path);
        reader.Open(0, survey.Files[0].Chunks[1]).Dispose();
    }

    [Theory]
    [InlineData("SELECT i AS id FROM range(2000) r(i)")]
    [InlineData("SELECT i AS id, 1 AS file_row_number FROM range(20000) r(i)")]
    [InlineData("SELECT i AS id, 1 AS File_Row_Number FROM range(20000) r(i)")]
    [InlineData("SELECT 1 AS id LIMIT 0")]
    public async Task What_cannot_be_cut_is_read_as_a_whole(string sql)
    {
        var (survey, reader) = await SurveyAsync(ParquetFile.Write(_files.FullName, sql, SmallGroups), new(ChunkRows: 1));
        Assert.Empty(survey.Files[0].Chunks);
        Assert.Equal(survey.Rows, (await ReadAsync(reader.OpenParts(survey, 2, []))).Count);
    }

    [Fact]
    public async Task Rows_left_aside_are_reported_under_their_number_in_the_file()
    {
        var file = ParquetFile.Write(_files.FullName, "SELECT i AS id, if(i = 9999, 'a' || chr(0), 'a') AS s FROM range(20000) r(i)", SmallGroups);
        var (survey, reader) = await SurveyAsync(file, new(ChunkRows: 1), rejects: 1);
        var rejects = new List<RejectedRecord>();
        Assert.Equal(19_999, (await ReadAsync(reader.OpenParts(survey, 2, []), rejects)).Count);
        Assert.Equal((10_000L, "s"), Assert.Single(rejects.Select(reject => (reject.Line, reject.Column))));
    }

    [Fact]
    public async Task Another_file_and_another_cut_have_other_hashes()
    {
        var (survey, _) = await SurveyAsync(ParquetFile.Write(_files.FullName, Numbers, SmallGroups), new(ChunkRows: 5000));
        var (cut, _) = await SurveyAsync(ParquetFile.Write(_files.FullName, Numbers, SmallGroups), new(ChunkRows: 7000));
        var (other, _) = await SurveyAsync(ParquetFile.Write(_files.FullName, Numbers.Replace("% 7", "% 5", StringComparison.Ordinal), SmallGroups), new(ChunkRows: 5000));
        Assert.Equal(survey.Sha256, cut.Sha256);
        Assert.NotEqual(survey.Files[0].Chunks[0].Hash, cut.Files[0].Chunks[0].Hash);
        Assert.NotEqual(survey.Files[0].Chunks[0].Hash, other.Files[0].Chunks[0].Hash);
    }

    private static async Task<(DatasetSurvey Survey, DatasetReader Reader)> SurveyAsync(SourceFile file, ParquetLimits limits, long rejects = 0)
    {
        var surveyor = new ParquetSurveyor(limits with { Batch = 1024 });
        var survey = await surveyor.SurveyAsync(new() { Files = [file], RejectsMax = rejects }, new Progress<long>(), Token);
        return (survey, surveyor.CreateReader(survey, [file], [.. survey.Columns.Select(column => column.Type)]));
    }

    /// <summary>Line and first value of every row.</summary>
    private static async Task<List<(long Line, string Id)>> ReadAsync(IDatasetParts parts, List<RejectedRecord>? rejects = null)
    {
        var rows = new List<(long, string)>();
        var batch = new RecordBatch();
        await using (parts)
        {
            while (await parts.TakeAsync(Token) is { } part)
            {
                using var reader = part.Open();
                while (reader.Read(batch))
                {
                    rows.AddRange(Enumerable.Range(0, batch.Rows).Select(row => (batch.Lines[row], Encoding.UTF8.GetString(batch.Value(row, 0)))));
                    Assert.InRange(batch.BytesRead, part.Start, part.Start + part.Bytes);
                }

                rejects?.AddRange(reader.Rejects);
            }
        }

        return rows;
    }
}
