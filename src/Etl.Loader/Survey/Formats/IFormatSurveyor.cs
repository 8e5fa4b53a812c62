namespace Etl.Loader.Survey.Formats;

/// <summary>Survey and reader of one data format; <see cref="IDatasetSurveyor"/> chooses among them.</summary>
internal interface IFormatSurveyor
{
    /// <summary>
    /// One sequential pass over every file. Reports the sum of delivered bytes read so far. Throws <see cref="DatasetException"/> with
    /// file and line where the data is at fault.
    /// </summary>
    Task<DatasetSurvey> SurveyAsync(SurveyRequest request, IProgress<long> bytesRead, CancellationToken token);

    /// <param name="types">The final type of each surveyed column; it decides which values are made canonical.</param>
    DatasetReader CreateReader(DatasetSurvey survey, IReadOnlyList<SourceFile> files, IReadOnlyList<ColumnType> types);
}
