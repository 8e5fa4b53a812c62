namespace Etl.Loader.Survey.Formats;

internal sealed class ParquetReader(
    DatasetSurvey survey, IReadOnlyList<SourceFile> files, IReadOnlyList<ColumnType> types, ParquetLimits limits) : DatasetReader
{
    private readonly string[] _names = [.. survey.Columns.Select(column => column.Name)];

    public override IReadOnlyList<SourceFile> Files => files;

    /// <summary>Parquet has no chunks: the file is read as a whole.</summary>
    public override IRecordReader Open(int file, Chunk? chunk = null)
    {
        var session = new ParquetSession(files[file], limits);
        try
        {
            var schema = ParquetSchema.Read(session, files[file], [], CancellationToken.None);
            var values = _names.Select(name => NumberOf(schema, files[file], name)).Select((number, column) => schema[number].As(types[column], number)).ToList();
            var stream = new ParquetStream(session, $"SELECT {string.Join(", ", values.Select(value => value.Sql))} FROM {session.Relation(schema.Count)}");
            return new ParquetRecordReader(files[file], session, stream, _names, [.. values.Select(value => value.Form)], survey.Files[file], limits.Batch);
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
