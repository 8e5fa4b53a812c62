namespace Etl.Loader.Survey;

/// <summary>Survey and reader of one data format; <see cref="IDatasetSurveyor"/> chooses among them.</summary>
internal interface IFormatSurveyor
{
    /// <summary>
    /// One sequential pass over every file. Reports the sum of delivered bytes read so far. Throws <see cref="DatasetException"/> with
    /// file and line where the data is at fault.
    /// </summary>
    Task<DatasetSurvey> SurveyAsync(SurveyRequest request, IProgress<long> bytesRead, CancellationToken token);

    /// <summary>
    /// What the beginnings of the files show: dialects and column names, no rows, hashes or types. Null: this format is always surveyed first.
    /// Throws <see cref="DatasetException"/> as <see cref="SurveyAsync"/> does.
    /// </summary>
    DatasetSurvey? Sketch(SurveyRequest request) => null;

    /// <summary>A reader for a sketched dataset, which it surveys while it reads.</summary>
    DatasetReader CreateOnePassReader(SurveyRequest request, DatasetSurvey sketch, IReadOnlyList<ColumnType> types, bool declared) =>
        throw new NotSupportedException($"{request.Format} is surveyed before it is read.");

    /// <param name="types">The final type of each surveyed column; it decides which values are made canonical.</param>
    DatasetReader CreateReader(DatasetSurvey survey, IReadOnlyList<SourceFile> files, IReadOnlyList<ColumnType> types);
}
