using System.Text;
using Etl.Loader.Survey;
using Etl.Loader.Survey.Delimited;
using Etl.Loader.Survey.Delimited.Scanning;

namespace Etl.Loader.Tests.Survey;

/// <summary>A directory of data files for one test, and short ways to survey and read them.</summary>
internal sealed class SurveyFiles : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("etl-loader-survey-").FullName;

    public SourceFile Write(string name, byte[] bytes)
    {
        var path = Path.Combine(_directory, name);
        File.WriteAllBytes(path, bytes);
        return new(name, path);
    }

    public SourceFile Write(string name, string text) => Write(name, Encoding.UTF8.GetBytes(text));

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    /// <summary>How many cases a property is tried with: so many, or what ETL_LOADER_FUZZ says for a long run.</summary>
    public static long Iterations(long usual) =>
        long.TryParse(Environment.GetEnvironmentVariable("ETL_LOADER_FUZZ"), out var wanted) ? wanted : usual;

    /// <summary>The product's surveyor, with sizes for tests.</summary>
    public static Surveyor Surveyor(ScanOptions? options = null) =>
        new(new Dictionary<DataFormat, IFormatSurveyor> { [DataFormat.Delimited] = new DelimitedSurveyor(options) });

    public static Task<DatasetSurvey> SurveyAsync(
        SourceFile file, DialectSpec? dialect = null, ScanOptions? options = null, long rejectsMax = 0, RaggedRows ragged = RaggedRows.Reject) =>
        Surveyor(options).SurveyAsync(
            new() { Files = [file], Dialect = dialect, RejectsMax = rejectsMax, Ragged = ragged }, new NoProgress(), CancellationToken.None);

    /// <summary>Every row of the first file as text, null where null, with the rejects; by chunks where asked for.</summary>
    public static (List<string?[]> Rows, List<RejectedRecord> Rejects) Read(
        DatasetSurvey survey, SourceFile[] files, ScanOptions? options = null, bool chunks = false, ColumnType[]? types = null)
    {
        var reader = Surveyor(options).CreateReader(survey, files, types ?? [.. survey.Columns.Select(column => column.Type)]);
        var rows = new List<string?[]>();
        var rejects = new List<RejectedRecord>();
        for (var file = 0; file < files.Length; file++)
        {
            var parts = chunks ? survey.Files[file].Chunks.Cast<Chunk?>() : [null];
            foreach (var part in parts)
            {
                using var records = reader.Open(file, part);
                Drain(records, rows);
                rejects.AddRange(records.Rejects);
            }
        }

        return (rows, rejects);
    }

    /// <summary>The same part by part, with what distinguishes the parts.</summary>
    public static async Task<(List<string?[]> Rows, List<RejectedRecord> Rejects, List<(int File, long Offset, string Hash)> Parts)> ReadPartsAsync(
        DatasetReader reader, DatasetSurvey survey)
    {
        var (rows, rejects, seen) = (new List<string?[]>(), new List<RejectedRecord>(), new List<(int, long, string)>());
        await using var parts = reader.OpenParts(survey, ahead: 2, []);
        while (await parts.TakeAsync(CancellationToken.None) is { } part)
        {
            using var records = part.Open();
            Drain(records, rows);
            rejects.AddRange(records.Rejects);
            seen.Add((part.File, part.Offset, part.Hash));
        }

        return (rows, rejects, seen);
    }

    private static void Drain(IRecordReader records, List<string?[]> rows)
    {
        var batch = new RecordBatch();
        while (records.Read(batch))
        {
            for (var row = 0; row < batch.Rows; row++)
            {
                rows.Add([.. Enumerable.Range(0, batch.Columns)
                    .Select(column => batch.IsNull(row, column) ? null : Encoding.UTF8.GetString(batch.Value(row, column)))]);
            }
        }
    }
}

internal sealed class NoProgress : IProgress<long>
{
    public void Report(long value)
    {
    }
}
