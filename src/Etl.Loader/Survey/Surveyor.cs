using Etl.Loader.Survey.Delimited;
using Etl.Loader.Survey.Delimited.Scanning;
using Etl.Loader.Survey.JsonLines;
using Etl.Loader.Survey.Parquet;

namespace Etl.Loader.Survey;

/// <summary>Decides the dataset's format and hands it to the one that knows it.</summary>
internal sealed class Surveyor(IReadOnlyDictionary<DataFormat, IFormatSurveyor> formats) : IDatasetSurveyor
{
    /// <param name="chunkBytes">About so many bytes of text are one chunk; null: the default.</param>
    public static Surveyor OfAllFormats(long? chunkBytes = null) => new(new Dictionary<DataFormat, IFormatSurveyor>
    {
        [DataFormat.Delimited] = new DelimitedSurveyor(chunkBytes is { } bytes ? ScanOptions.WithChunks(bytes) : null),
        [DataFormat.JsonLines] = new JsonLinesSurveyor(chunkBytes is { } chunk ? JsonLinesLimits.Default with { Chunk = chunk } : JsonLinesLimits.Default),
        [DataFormat.Parquet] = new ParquetSurveyor(),
    });

    public Task<DatasetSurvey> SurveyAsync(SurveyRequest request, IProgress<long> bytesRead, CancellationToken token)
    {
        request = WithFormat(request);
        return For(request).SurveyAsync(request, bytesRead, token);
    }

    public DatasetSurvey? Sketch(SurveyRequest request)
    {
        request = WithFormat(request);
        return For(request).Sketch(request);
    }

    public DatasetReader CreateOnePassReader(SurveyRequest request, DatasetSurvey sketch, IReadOnlyList<ColumnType> types, bool declared)
    {
        request = WithFormat(request);
        return For(request).CreateOnePassReader(request, sketch, types, declared);
    }

    public DatasetReader CreateReader(DatasetSurvey survey, IReadOnlyList<SourceFile> files, IReadOnlyList<ColumnType> types) =>
        For(survey.Format, files[0].Name).CreateReader(survey, files, types);

    private static SurveyRequest WithFormat(SurveyRequest request) => request.Files.Count == 0
        ? throw new DatasetException("The dataset has no file.", "Name its files in the trigger.")
        : request with { Format = request.Format ?? FormatEvidence.Of(request.Files[0]) };

    private IFormatSurveyor For(SurveyRequest request) => For(request.Format!.Value, request.Files[0].Name);

    private IFormatSurveyor For(DataFormat format, string file) => formats.TryGetValue(format, out var surveyor)
        ? surveyor
        : throw new DatasetException($"{file} is {format}, which cannot be read here.", "Deliver it as delimited text.", file);
}
