namespace Etl.Loader.Survey.Formats;

internal sealed class JsonLinesReader(
    DatasetSurvey survey, IReadOnlyList<SourceFile> files, IReadOnlyList<ColumnType> types, JsonLinesLimits limits) : DatasetReader
{
    private readonly string[] _names = [.. survey.Columns.Select(column => column.Name)];
    private readonly bool[] _asJson = [.. types.Select(type => type.Kind == TypeKind.Json)];

    public override IReadOnlyList<SourceFile> Files => files;

    public override IRecordReader Open(int file, Chunk? chunk = null)
    {
        var encoding = survey.Files[file].Dialect!.Encoding;
        if (chunk is not null)
        {
            var part = new ChunkStream(files[file], chunk);
            var partLines = new JsonLineReader(part, limits.Buffer, limits.MaxLine, chunk.Offset, chunk.FirstLine);
            return new JsonRecordReader(files[file], partLines, new JsonColumns(_names), _asJson, chunk.FirstRow, () => part.BytesRead, limits);
        }

        var bytes = DataStreams.OpenDecompressed(files[file], out _, out Func<long> delivered);
        var lines = new JsonLineReader(JsonText.Decode(bytes, encoding), limits.Buffer, limits.MaxLine);
        return new JsonRecordReader(files[file], lines, new JsonColumns(_names), _asJson, 0, delivered, limits);
    }
}
