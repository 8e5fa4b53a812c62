using Etl.Loader.Survey.Streams;

namespace Etl.Loader.Survey.Parquet;

/// <summary>
/// Parquet, whose files say themselves which types their columns have. One look at every value proves what the schema does not: dates within
/// the years that targets know, nanoseconds that are whole microseconds, JSON that is JSON.
/// </summary>
internal sealed class ParquetSurveyor(ParquetLimits limits) : IFormatSurveyor
{
    public ParquetSurveyor()
        : this(ParquetLimits.Default)
    {
    }

    public Task<DatasetSurvey> SurveyAsync(SurveyRequest request, IProgress<long> bytesRead, CancellationToken token) =>
        Task.Run(() => Survey(request, bytesRead, token), token);

    public DatasetReader CreateReader(DatasetSurvey survey, IReadOnlyList<SourceFile> files, IReadOnlyList<ColumnType> types) =>
        new ParquetReader(survey, files, types, limits);

    private DatasetSurvey Survey(SurveyRequest request, IProgress<long> bytesRead, CancellationToken token)
    {
        var pass = new ParquetPass(request, limits, bytesRead, token);
        foreach (var file in request.Files)
        {
            pass.Survey(file);
        }

        return new()
        {
            Format = DataFormat.Parquet,
            Files = pass.Files,
            Columns = pass.Columns,
            Rows = pass.Files.Sum(file => file.Rows),
            Bytes = pass.Files.Sum(file => file.Bytes),
            Sha256 = DatasetHash.Of(pass.Files),
            Notes = pass.Notes,
        };
    }
}
