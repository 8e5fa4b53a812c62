using Etl.Loader.Survey.Streams;

namespace Etl.Loader.Survey.JsonLines;

internal sealed class JsonLinesReader(
    DatasetSurvey survey, IReadOnlyList<SourceFile> files, IReadOnlyList<ColumnType> types, JsonLinesLimits limits) : DatasetReader
{
    private readonly string[] _names = [.. survey.Columns.Select(column => column.Name)];

    public override IReadOnlyList<SourceFile> Files => files;

    public override IRecordReader Open(int file, Chunk? chunk = null)
    {
        var source = files[file];
        if (chunk is not null)
        {
            var part = new ChunkStream(source, chunk);
            var partLines = new JsonLineReader(CancellableStream.Of(part, Token), limits.Buffer, limits.MaxLine, chunk.Offset, chunk.FirstLine);
            return new JsonRecordReader(
                source, partLines, new JsonColumns(_names), types, chunk.FirstRow, () => part.EndOffset, static () => { }, limits);
        }

        var surveyed = survey.Files[file];
        var bytes = DataStreams.OpenDecompressed(source, out _, out HashingStream delivered);
        var lines = new JsonLineReader(JsonText.Decode(CancellableStream.Of(bytes, Token), surveyed.Dialect!.Encoding), limits.Buffer, limits.MaxLine);
        return new JsonRecordReader(source, lines, new JsonColumns(_names), types, 0, () => delivered.BytesRead, Compare, limits);

        void Compare()
        {
            if (delivered.FinishSha256(Token) != surveyed.Sha256)
            {
                throw ChangedFile.Fault(source, $"{Amounts.Counted(surveyed.Bytes, "byte")} before, {delivered.BytesRead} now");
            }
        }
    }
}
