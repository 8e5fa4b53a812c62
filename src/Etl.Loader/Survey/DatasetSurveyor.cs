namespace Etl.Loader.Survey;

internal sealed record SurveyRequest
{
    public required IReadOnlyList<SourceFile> Files { get; init; }
    public DataFormat? Format { get; init; }
    public DialectSpec? Dialect { get; init; }
    public RaggedRows Ragged { get; init; }
    public bool TypesAsText { get; init; }

    /// <summary>How many damaged records may be left aside before the survey fails naming the first.</summary>
    public long RejectsMax { get; init; }

    /// <summary>How the table's last load was written; null: not known. It is tried first.</summary>
    public KnownDialect? Known { get; init; }

    /// <summary>Ends whatever is read for it, at the next bytes.</summary>
    public CancellationToken Token { get; init; }

    /// <summary>
    /// True where the producer says how the file is written and whether it has a header, or wants every column as it is: then no line is
    /// suspected of being a footer, a sum or another table.
    /// </summary>
    public bool EveryLineIsARow => TypesAsText || Dialect is { Delimiter: not null, Header: not null };
}

/// <summary>What was found of a delimited file that was loaded before. What a producer states is not a finding and is stated each time.</summary>
/// <param name="Quote">'\0': none.</param>
/// <param name="Escape">Equal to the quote, '\\', or '\0': none.</param>
/// <param name="Columns">Names as in its header, or column_1 … where there was none.</param>
internal sealed record KnownDialect(string Delimiter, char Quote, char Escape, bool Header, IReadOnlyList<string> Columns);

/// <summary>Makes the survey of a dataset, and the reader that sees exactly the records the survey saw.</summary>
internal interface IDatasetSurveyor
{
    /// <summary>One sequential pass over every file. Throws <see cref="DatasetException"/> with file and line where the data is at fault.</summary>
    Task<DatasetSurvey> SurveyAsync(SurveyRequest request, IProgress<long> bytesRead, CancellationToken token);

    /// <summary>
    /// What the beginnings of the files show: dialects and column names, no rows, hashes or types. Null: the format is always surveyed first.
    /// Throws <see cref="DatasetException"/> as <see cref="SurveyAsync"/> does.
    /// </summary>
    DatasetSurvey? Sketch(SurveyRequest request);

    /// <summary>A reader for a sketched dataset, which it surveys while it reads: see <see cref="DatasetReader.Finish"/>.</summary>
    /// <param name="types">The type of each column, which every value is held against.</param>
    /// <param name="declared">
    /// True: the producer says so, and values that do not fit are rejects. False: they are those of the table; reading throws
    /// <see cref="SurveyNeededException"/> where a survey would have widened one.
    /// </param>
    DatasetReader CreateOnePassReader(SurveyRequest request, DatasetSurvey sketch, IReadOnlyList<ColumnType> types, bool declared);

    /// <param name="types">The final type of each surveyed column; it decides which values are made canonical.</param>
    DatasetReader CreateReader(DatasetSurvey survey, IReadOnlyList<SourceFile> files, IReadOnlyList<ColumnType> types);
}
