using Etl.Loader.Fuzz.Generation;
using Etl.Loader.Ledger;
using Etl.Loader.Loads;
using Etl.Loader.Survey;
using Etl.Loader.Survey.Delimited;
using Etl.Loader.Survey.Formats;
using Etl.Loader.Targets;

namespace Etl.Loader.Fuzz.Verdict;

/// <summary>Puts one dataset through survey, column plan, readers and encoder, and judges what came of it.</summary>
/// <param name="directory">Where the dataset's files are put.</param>
internal sealed class Trial(string directory)
{
    /// <summary>What one small file may take of the garbage collector's memory in all.</summary>
    private const long MaxAllocated = 1L << 30;

    public async Task<Outcome> RunAsync(GeneratedDataset dataset, CancellationToken token)
    {
        var files = dataset.Files.Select(file => new SourceFile(file.Name, Path.Combine(directory, file.Name))).ToList();
        foreach (var (source, file) in files.Zip(dataset.Files))
        {
            await File.WriteAllBytesAsync(source.Path, file.Bytes, token);
        }

        var before = GC.GetTotalAllocatedBytes();
        try
        {
            var outcome = await JudgeAsync(dataset, files, token);
            var allocated = GC.GetTotalAllocatedBytes() - before;
            return allocated < MaxAllocated ? outcome : Outcome.Wrong($"{allocated >> 20} MB were allocated for {dataset.Files.Sum(file => file.Bytes.Length)} bytes");
        }
        catch (DifferenceException difference)
        {
            return Outcome.Wrong(difference.Message);
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception fault)
        {
            return Outcome.Wrong(fault.ToString());
        }
    }

    /// <summary>The product's surveyor, with the dataset's sizes.</summary>
    public static Surveyor Surveyor(GeneratedDataset dataset) => new(new Dictionary<DataFormat, IFormatSurveyor>
    {
        [DataFormat.Delimited] = new DelimitedSurveyor(dataset.Scan),
        [DataFormat.JsonLines] = new JsonLinesSurveyor(dataset.Json),
        [DataFormat.Parquet] = new ParquetSurveyor(),
    });

    public static LoadSpec Spec(GeneratedDataset dataset, string table) => new()
    {
        Inbox = "inbox",
        Dataset = dataset.Files[0].Name,
        Target = "warehouse",
        TableName = table,
        Files = [.. dataset.Files.Select(file => new DataFile(file.Name, file.Bytes.Length, DateTimeOffset.UnixEpoch))],
        Schema = dataset.Schema,
        TypesAsText = dataset.TypesAsText,
        Dialect = dataset.Dialect,
        Ragged = dataset.Ragged,
        RejectsMax = dataset.RejectsMax,
    };

    private static async Task<Outcome> JudgeAsync(GeneratedDataset dataset, List<SourceFile> files, CancellationToken token)
    {
        var surveyor = Surveyor(dataset);
        DatasetSurvey survey;
        IReadOnlyList<TargetColumn> columns;
        try
        {
            survey = await surveyor.SurveyAsync(Request(dataset, files), new Silence(), token);
            columns = ColumnPlan.Make(Spec(dataset, "data"), survey, existing: null);
        }
        catch (DatasetException refusal)
        {
            return dataset.MayBeRefused
                ? new(Ending.Refused, What: refusal.Message)
                : Outcome.Wrong($"refused: {refusal.Message} ({refusal.Hint})");
        }

        if (dataset.Expect(survey) is not { } expected)
        {
            return survey.Format == DataFormat.Parquet ? Unchecked(survey, files, surveyor, columns) : Outcome.Wrong("loaded, although no reading of it is right");
        }

        var comparison = new Comparison(dataset, expected);
        comparison.Survey(survey);
        var reader = surveyor.CreateReader(survey, files, [.. columns.Select(column => column.Type)]);
        var whole = Reading.Of(survey, reader, columns, chunks: false);
        comparison.Rows(whole, columns);
        var chunked = Reading.Of(survey, reader, columns, chunks: true);
        if (!whole.Copy.SequenceEqual(chunked.Copy) || !whole.Rejects.Select(Shortened).SequenceEqual(chunked.Rejects.Select(Shortened)))
        {
            return Outcome.Wrong("chunk by chunk something else was read than in one go");
        }

        return new(Ending.Right, whole.Rows, whole.Rejects.Count);

        // Of a record beyond the limit so much is shown as was at hand, and at the sizes of a test that is very little.
        RejectedRecord Shortened(RejectedRecord reject) => reject.Bytes > dataset.Scan.MaxRecordBytes ? reject with { Raw = "", Reason = "" } : reject;
    }

    /// <summary>Only that reading ends well, or with a message for people.</summary>
    private static Outcome Unchecked(DatasetSurvey survey, List<SourceFile> files, Surveyor surveyor, IReadOnlyList<TargetColumn> columns)
    {
        try
        {
            var reading = Reading.Of(survey, surveyor.CreateReader(survey, files, [.. columns.Select(column => column.Type)]), columns, chunks: false);
            return new(Ending.Right, reading.Rows, reading.Rejects.Count);
        }
        catch (DatasetException refusal)
        {
            return new(Ending.Refused, What: refusal.Message);
        }
    }

    private static SurveyRequest Request(GeneratedDataset dataset, List<SourceFile> files) => new()
    {
        Files = files,
        Dialect = dataset.Dialect,
        Ragged = dataset.Ragged,
        TypesAsText = dataset.TypesAsText,
        RejectsMax = dataset.RejectsMax,
    };

    private sealed class Silence : IProgress<long>
    {
        public void Report(long value)
        {
        }
    }
}
