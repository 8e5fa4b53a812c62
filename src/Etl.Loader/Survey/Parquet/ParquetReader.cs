using Etl.Loader.Survey.Streams;

namespace Etl.Loader.Survey.Parquet;

internal sealed class ParquetReader(
    DatasetSurvey survey, IReadOnlyList<SourceFile> files, IReadOnlyList<ColumnType> types, ParquetLimits limits) : DatasetReader
{
    private readonly string[] _names = [.. survey.Columns.Select(column => column.Name)];

    public override IReadOnlyList<SourceFile> Files => files;

    public override IRecordReader Open(int file, Chunk? chunk = null) => new ParquetRecordReader(
        files[file], () => Select(file, chunk), _names, chunk ?? AllOf(survey.Files[file]), limits.Batch);

    /// <summary>One reader of a whole file decodes on several threads on its own.</summary>
    public override IDatasetParts OpenInOrder(DatasetSurvey survey, int ahead) => new ListedParts(survey.Files.Select(WholeOf));

    private static Chunk AllOf(FileSurvey file) => new(0, file.Bytes, 0, file.Rows, 1, file.Sha256);

    private ParquetRows Select(int file, Chunk? chunk)
    {
        var session = new ParquetSession(files[file], chunk is null ? limits : limits.Half);
        try
        {
            var schema = ParquetSchema.Read(session, files[file], [], CancellationToken.None);
            var values = _names.Select(name => NumberOf(schema, files[file], name)).Select((number, column) => schema[number].As(types[column], number)).ToList();
            var relation = chunk is null ? session.Relation(schema.Count) : session.Relation(schema.Count, chunk);
            return new ParquetRows(
                session,
                new ParquetStream(session, $"SELECT {string.Join(", ", values.Select(value => value.Sql))} FROM {relation}"),
                [.. values.Select(value => value.Form)]);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    private static int NumberOf(IReadOnlyList<ParquetColumn> schema, SourceFile file, string name)
    {
        for (var number = 0; number < schema.Count; number++)
        {
            if (schema[number].Name == name)
            {
                return number;
            }
        }

        throw ChangedFile.Fault(file, $"column {name} is missing", column: name);
    }
}

/// <summary>The rows that are asked of one session, and how each column's values are in them.</summary>
internal sealed record ParquetRows(ParquetSession Session, ParquetStream Stream, VectorForm[] Forms) : IDisposable
{
    public void Dispose()
    {
        Stream.Dispose();
        Session.Dispose();
    }
}
