using Etl.Loader.Fuzz.Generation;
using Etl.Loader.Ledger;
using Etl.Loader.Loads;
using Etl.Loader.Survey;
using Etl.Loader.Survey.Delimited;
using Etl.Loader.Survey.JsonLines;
using Etl.Loader.Survey.Parquet;
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
            columns = ColumnPlan.Make(Spec(dataset, "data"), survey, existing: null, target: null);
        }
        catch (DatasetException refusal)
        {
            return dataset.MustBeRefused ? new(Ending.Right, What: refusal.Message)
                : dataset.MayBeRefused ? new(Ending.Refused, What: refusal.Message)
                : Outcome.Wrong($"refused: {refusal.Message} ({refusal.Hint})");
        }

        if (dataset.Expect(survey) is not { } expected)
        {
            return survey.Format == DataFormat.Parquet ? Unchecked(surveyor.CreateReader(survey, files, [.. columns.Select(column => column.Type)]), columns) : Outcome.Wrong("loaded, although no reading of it is right");
        }

        var comparison = new Comparison(dataset, expected);
        comparison.Survey(survey);
        var reader = surveyor.CreateReader(survey, files, [.. columns.Select(column => column.Type)]);
        var whole = Reading.InOneGo(reader, columns);
        comparison.Rows(whole, columns);
        Same(whole, await Reading.InPartsAsync(reader, survey, columns, token), "part by part");
        if (await OnePassAsync(surveyor, Request(dataset, files), survey, columns, token) is { } once)
        {
            Same(whole, once, "surveyed on the way");
        }

        return new(Ending.Right, whole.Rows, whole.Rejects.Count);

        void Same(Reading one, Reading other, string how)
        {
            if (!one.Copy.SequenceEqual(other.Copy) || !one.Rejects.Select(Shortened).SequenceEqual(other.Rejects.Select(Shortened)))
            {
                throw new DifferenceException($"{how} something else was read than in one go");
            }
        }

        // Of a record beyond the limit so much is shown as was at hand, and at the sizes of a test that is very little.
        RejectedRecord Shortened(RejectedRecord reject) => reject.Bytes > dataset.Scan.MaxRecordBytes ? reject with { Raw = "", Reason = "" } : reject;
    }

    /// <summary>The dataset read without a survey before, for types that are known. Null: the product would survey it first.</summary>
    private static async Task<Reading?> OnePassAsync(
        Surveyor surveyor, SurveyRequest request, DatasetSurvey survey, IReadOnlyList<TargetColumn> columns, CancellationToken token)
    {
        if (surveyor.Sketch(request) is not { } sketch)
        {
            return null;
        }

        try
        {
            var reader = surveyor.CreateOnePassReader(request, sketch, [.. columns.Select(column => column.Type)], declared: request.TypesAsText);
            var reading = await Reading.InPartsAsync(reader, sketch, columns, token);
            var found = reader.Finish(sketch);
            return (found.Rows, found.Sha256, found.Bytes) == (survey.Rows, survey.Sha256, survey.Bytes)
                ? reading
                : throw new DifferenceException($"surveyed on the way: {found.Rows} rows, {found.Bytes} bytes, hash {found.Sha256}; surveyed before: {survey.Rows}, {survey.Bytes}, {survey.Sha256}");
        }
        catch (SurveyNeededException)
        {
            return null;
        }
    }

    /// <summary>Only that reading ends well, or with a message for people.</summary>
    private static Outcome Unchecked(DatasetReader reader, IReadOnlyList<TargetColumn> columns)
    {
        try
        {
            var reading = Reading.InOneGo(reader, columns);
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
