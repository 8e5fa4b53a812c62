using Etl.Loader.Survey.Streams;

namespace Etl.Loader.Survey.JsonLines;

/// <summary>
/// JSON lines: one object per line. Columns are the keys of all objects in order of first appearance; a missing key is null. Numbers keep
/// the digits they are written with, objects and arrays their text.
/// </summary>
internal sealed class JsonLinesSurveyor(JsonLinesLimits limits) : IFormatSurveyor
{
    public JsonLinesSurveyor()
        : this(JsonLinesLimits.Default)
    {
    }

    public Task<DatasetSurvey> SurveyAsync(SurveyRequest request, IProgress<long> bytesRead, CancellationToken token) =>
        Task.Run(() => Survey(request, bytesRead, token), token);

    public DatasetReader CreateReader(DatasetSurvey survey, IReadOnlyList<SourceFile> files, IReadOnlyList<ColumnType> types) =>
        new JsonLinesReader(survey, files, types, limits);

    private DatasetSurvey Survey(SurveyRequest request, IProgress<long> bytesRead, CancellationToken token)
    {
        var pass = new JsonLinesPass(request, limits, bytesRead, token);
        var files = request.Files.Select(pass.Survey).ToList();
        return new()
        {
            Format = DataFormat.JsonLines,
            Files = files,
            Columns = pass.Columns(),
            Rows = files.Sum(file => file.Rows),
            Bytes = files.Sum(file => file.Bytes),
            Sha256 = DatasetHash.Of(files),
            Notes = pass.Notes(),
        };
    }
}
