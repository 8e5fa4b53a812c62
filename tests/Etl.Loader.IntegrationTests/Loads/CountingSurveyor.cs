using Etl.Loader.Survey;

namespace Etl.Loader.IntegrationTests.Loads;

/// <summary>The product's surveyor, and how often it surveyed.</summary>
internal sealed class CountingSurveyor : IDatasetSurveyor
{
    private readonly Surveyor _surveyor = Surveyor.OfAllFormats();

    public int Surveys { get; private set; }

    public Task<DatasetSurvey> SurveyAsync(SurveyRequest request, IProgress<long> bytesRead, CancellationToken token)
    {
        Surveys++;
        return _surveyor.SurveyAsync(request, bytesRead, token);
    }

    public DatasetSurvey? Sketch(SurveyRequest request) => _surveyor.Sketch(request);

    public DatasetReader CreateOnePassReader(SurveyRequest request, DatasetSurvey sketch, IReadOnlyList<ColumnType> types, bool declared) =>
        _surveyor.CreateOnePassReader(request, sketch, types, declared);

    public DatasetReader CreateReader(DatasetSurvey survey, IReadOnlyList<SourceFile> files, IReadOnlyList<ColumnType> types) =>
        _surveyor.CreateReader(survey, files, types);
}
