using Etl.Loader.Fuzz.Generation;
using Etl.Loader.Fuzz.Generation.Kinds;
using Etl.Loader.Fuzz.Verdict;
using Etl.Loader.Survey;
using Etl.Loader.Survey.Parquet;
using Etl.Loader.Tests.Survey;

namespace Etl.Loader.Tests.Fuzz;

/// <summary>Parquet that holds what it does not declare: no value is cut to fit, and no statistic is believed.</summary>
public sealed class BeyondDeclarationTests : IDisposable
{
    private const int Seed = 12;

    private readonly string _directory = Directory.CreateTempSubdirectory("etl-loader-beyond-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Every_value_is_the_one_in_the_file_or_the_file_is_refused()
    {
        var trial = new Trial(_directory);
        var (wrong, right, refused) = (new List<string>(), 0, 0);
        for (var number = 0L; number < SurveyFiles.Iterations(200); number++)
        {
            var made = BeyondDeclaration.Make(Dice.Of(Seed, number));
            var outcome = await trial.RunAsync(made.Render(), TestContext.Current.CancellationToken);
            var beyond = made.Columns.Any(column => column.Refused);
            (right, refused) = (right + (beyond ? 0 : 1), refused + (beyond ? 1 : 0));
            if (outcome.Ending == Ending.Wrong)
            {
                wrong.Add($"{number}: {outcome.What.Split('\n')[0]} ({string.Join(", ", made.Columns.Select(c => $"{c.Raw.Physical}/{c.Raw.Converted}/{c.Raw.Decimal}/{c.Raw.Logical?.Field} {(c.Refused ? "beyond" : "")}"))})");
            }
        }

        Assert.True(wrong.Count == 0, $"{wrong.Count} of seed {Seed} are wrong:\n{string.Join('\n', wrong.Take(10))}");
        Assert.True(right > 50 && refused > 50, $"{right} files to load, {refused} to refuse");
    }

    /// <summary>The row is named, also behind nulls and in a later row group.</summary>
    [Fact]
    public async Task The_value_and_its_row_are_named()
    {
        byte[]?[] values = [RawParquet.Of(1), null, RawParquet.Of(2), null, RawParquet.Of(300), RawParquet.Of(3)];
        var fault = await RefusedAsync(new RawColumn("qty", 1, values) { Converted = 15 }, rowsInGroup: 2);
        Assert.Equal(("qty", 5L), (fault.Column, fault.Line));
        Assert.Contains("has 300, which is no INT_8 (from -128 to 127)", fault.Message, StringComparison.Ordinal);

        fault = await RefusedAsync(new RawColumn("price", 1, [RawParquet.Of(-70_000)]) { Converted = 5, Decimal = (4, 2) });
        Assert.Contains("has -700.00, which is no DECIMAL(4,2) (from -99.99 to 99.99)", fault.Message, StringComparison.Ordinal);

        fault = await RefusedAsync(new RawColumn("t", 3, [RawParquet.Int96(1_001, 2_440_588)]));
        Assert.Contains("1 nanoseconds", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new byte[] { 1, 0, 1, 0, 1 }, 2, "never began")]
    [InlineData(new byte[] { 0, 1, 0, 1, 1 }, 3, "cannot be read as Parquet")]
    public async Task Lists_that_do_not_add_up_are_refused(byte[] levels, int rows, string why)
    {
        byte[][] values = [RawParquet.Of(1), RawParquet.Of(2), RawParquet.Of(3), RawParquet.Of(4), RawParquet.Of(5)];
        var fault = await RefusedAsync(new RawColumn("parts", 1, values) { Lists = (levels, rows) });
        Assert.Contains(why, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lists_that_add_up_are_loaded()
    {
        byte[][] values = [RawParquet.Of(1), RawParquet.Of(2), RawParquet.Of(3)];
        var survey = await SurveyAsync(new RawColumn("parts", 1, values) { Lists = ([0, 1, 0], 2) });
        Assert.Equal((2L, TypeKind.Json), (survey.Rows, survey.Columns[0].Type.Kind));
    }

    private Task<DatasetException> RefusedAsync(RawColumn column, int rowsInGroup = int.MaxValue) => Assert.ThrowsAsync<DatasetException>(() => SurveyAsync(column, rowsInGroup));

    private async Task<DatasetSurvey> SurveyAsync(RawColumn column, int rowsInGroup = int.MaxValue)
    {
        var path = Path.Combine(_directory, "data.parquet");
        await File.WriteAllBytesAsync(path, RawParquet.Write([column], rowsInGroup), TestContext.Current.CancellationToken);
        return await new ParquetSurveyor().SurveyAsync(new SurveyRequest { Files = [new SourceFile("data.parquet", path)] }, new Progress<long>(), TestContext.Current.CancellationToken);
    }
}
