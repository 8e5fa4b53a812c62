using Etl.Loader.Survey.Formats;
using Etl.Loader.Survey.Types;

namespace Etl.Loader.Survey.Delimited;

/// <summary>Reads the records that a survey saw, whole files or chunks, and refuses files whose bytes are not those of the survey.</summary>
internal sealed class DelimitedReader(
    DatasetSurvey survey, IReadOnlyList<SourceFile> files, IReadOnlyList<ColumnType> types, ScanOptions options) : DatasetReader
{
    public override IReadOnlyList<SourceFile> Files => files;

    public override IRecordReader Open(int file, Chunk? chunk = null)
    {
        var surveyed = survey.Files[file];
        var dialect = surveyed.Dialect ?? throw new InvalidOperationException($"The survey of {surveyed.Path} has no dialect.");
        var order = Order(file, dialect);
        return chunk is null ? OpenWhole(files[file], surveyed, dialect, order) : OpenChunk(files[file], dialect, chunk, order);
    }

    private DelimitedRecordReader OpenWhole(SourceFile file, FileSurvey surveyed, Dialect dialect, int[]? order)
    {
        var source = TextSource.Open(file, dialect.Encoding, options.SampleBytes);
        try
        {
            var scan = new ScanDialect(dialect);
            var head = TextHead.Skip(source.Text, dialect, scan);
            var start = new ScanStart(source.TextOffset + head.Bytes, 1 + head.Lines, 0);
            var scanner = Scanner(head.Body(dialect, start.Offset), scan, start, file, dialect);
            return new(source.Text, scanner, new(dialect, types, order), file, () => source.BytesRead, () => (source.FinishSha256(), scanner.NextRow), (surveyed.Sha256, surveyed.Rows));
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    private DelimitedRecordReader OpenChunk(SourceFile file, Dialect dialect, Chunk chunk, int[]? order)
    {
        var raw = DataStreams.OpenRaw(file);
        raw.Position = chunk.Offset;
        var stream = new HashingStream(new BoundedStream(raw, chunk.Bytes));
        var scanner = Scanner(stream, new(dialect), new(chunk.Offset, chunk.FirstLine, chunk.FirstRow), file, dialect);
        return new(
            stream, scanner, new(dialect, types, order), file, () => scanner.NextOffset, () => (stream.FinishSha256(), scanner.NextRow),
            (chunk.Sha256, chunk.FirstRow + chunk.Rows));
    }

    private RecordScanner Scanner(Stream text, ScanDialect scan, ScanStart start, SourceFile file, Dialect dialect) =>
        new(text, scan, scan.Columns(survey.Columns.Count), start, options, file.Name) { HasHeader = dialect.Header };

    /// <summary>For each surveyed column its place in the file's records; null where they are the same.</summary>
    private int[]? Order(int file, Dialect dialect)
    {
        if (file == 0 || !dialect.Header)
        {
            return null;
        }

        using var source = TextSource.Open(files[file], dialect.Encoding, options.SampleBytes);
        var names = TextHead.Skip(source.Text, dialect, new(dialect)).Names(dialect);
        var map = ColumnOrder.Map(files[0].Name, [.. survey.Columns.Select(column => column.Name)], files[file].Name, names, byName: true);
        var order = new int[map.Length];
        for (var i = 0; i < map.Length; i++)
        {
            order[map[i]] = i;
        }

        return order.SequenceEqual(Enumerable.Range(0, order.Length)) ? null : order;
    }
}
