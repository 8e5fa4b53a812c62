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
            var numbers = _names.Select(name => NumberOf(schema, files[file], name)).ToList();
            var values = numbers.Select((number, column) => schema[number].ValueAs(types[column], number));
            var stream = new ParquetStream(session, $"SELECT {string.Join(", ", values)} FROM {session.Relation(schema.Count)}");
            VectorForm[] forms = [.. numbers.Select((number, column) => schema[number].FormAs(types[column]))];
            return new ParquetRecordReader(files[file], session, stream, _names, forms, survey.Files[file], limits.Batch);
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
