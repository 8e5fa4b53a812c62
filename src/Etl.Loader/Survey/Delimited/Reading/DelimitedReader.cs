using Etl.Loader.Survey.Delimited.Evidence;
using Etl.Loader.Survey.Delimited.Scanning;
using Etl.Loader.Survey.Streams;

namespace Etl.Loader.Survey.Delimited.Reading;

/// <summary>Reads the records that a survey saw, whole files or chunks, and refuses files whose bytes are not those of the survey.</summary>
internal sealed class DelimitedReader(
    DatasetSurvey survey, IReadOnlyList<SourceFile> files, IReadOnlyList<ColumnType> types, ScanOptions options) : DatasetReader
{
    public override IReadOnlyList<SourceFile> Files => files;

    /// <summary>Text that is compressed or in another encoding has no chunks to begin at, but is read ahead and cut into parts.</summary>
    private bool ReadsAhead => survey.Files.Any(file => file.Chunks.Count == 0);

    public override bool HasParts(DatasetSurvey survey) => ReadsAhead || base.HasParts(survey);

    public override IDatasetParts OpenParts(DatasetSurvey survey, int ahead, IReadOnlyCollection<LoadedPart> loaded) => ReadsAhead
        ? new PartFeed(files.Count, OpenWhole, ahead, options, new(loaded, options.PartBytes))
        : base.OpenParts(survey, ahead, loaded);

    public override IRecordReader Open(int file, Chunk? chunk = null) => chunk is null ? OpenWhole(file) : OpenChunk(file, chunk);

    private DelimitedRecordReader OpenWhole(int file)
    {
        var dialect = DialectOf(file);
        var source = TextSource.Open(files[file], dialect.Encoding, options.SampleBytes, Token);
        try
        {
            var scan = new ScanDialect(dialect);
            var head = TextHead.Skip(source.Text, dialect, scan);
            var start = new ScanStart(source.TextOffset + head.Bytes, 1 + head.Lines, 0);
            var scanner = Scanner(head.Body(dialect, start.Offset), scan, start, file);
            scanner.Hash = new();
            return Reader(file, scanner, source, () => source.BytesRead, () =>
            {
                if (source.FinishSha256() != survey.Files[file].Sha256 || scanner.NextRow != survey.Files[file].Rows)
                {
                    throw ChangedFile.Fault(files[file], $"{Amounts.Counted(survey.Files[file].Bytes, "byte")} before, {source.BytesRead} now");
                }
            });
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    private DelimitedRecordReader OpenChunk(int file, Chunk chunk)
    {
        var text = new ChunkStream(files[file], chunk);
        var scanner = Scanner(CancellableStream.Of(text, Token), new(DialectOf(file)), new(chunk.Offset, chunk.FirstLine, chunk.FirstRow), file);
        return Reader(file, scanner, text, () => scanner.NextOffset, () =>
        {
            if (scanner.NextRow != chunk.FirstRow + chunk.Rows)
            {
                throw ChangedFile.Fault(files[file], $"{Amounts.Counted(chunk.Rows, "row")} before from line {chunk.FirstLine} on, {scanner.NextRow - chunk.FirstRow} now");
            }
        });
    }

    private DelimitedRecordReader Reader(int file, RecordScanner scanner, IDisposable source, Func<long> bytesRead, Action atEnd)
    {
        var dialect = DialectOf(file);
        var finish = new BatchFinish(dialect, types, Order(file));
        return new(scanner, Scan, finish, files[file], bytesRead, atEnd, source);

        bool Scan(RecordBatch batch, List<RejectedRecord> rejects)
        {
            var more = scanner.Read(batch);
            if (dialect.Trailing)
            {
                TrailingDelimiter.Drop(batch);
            }

            MissingColumns.Add(batch, dialect.Missing);
            rejects.AddRange(scanner.Rejects.Select(reject => reject.Record));
            scanner.Rejects.Clear();
            return more;
        }
    }

    private Dialect DialectOf(int file) =>
        survey.Files[file].Dialect ?? throw new InvalidOperationException($"The survey of {survey.Files[file].Path} has no dialect.");

    private RecordScanner Scanner(Stream text, ScanDialect scan, ScanStart start, int file) =>
        new(text, scan, scan.Columns(survey.Columns.Count), start, options, files[file].Name) { HasHeader = DialectOf(file) is { Header: true, Missing: 0, Labels: false } };

    /// <summary>For each surveyed column its place in the file's records; null where they are the same.</summary>
    private int[]? Order(int file)
    {
        var dialect = DialectOf(file);
        if (file == 0 || !dialect.Header)
        {
            return null;
        }

        using var source = TextSource.Open(files[file], dialect.Encoding, options.SampleBytes, Token);
        var names = TextHead.Skip(source.Text, dialect, new(dialect)).Names(dialect);
        return ColumnOrder.OfRecords(files[0].Name, [.. survey.Columns.Select(column => column.Name)], files[file].Name, names, dialect.Header);
    }
}
