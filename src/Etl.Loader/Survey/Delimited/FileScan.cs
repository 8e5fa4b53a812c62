namespace Etl.Loader.Survey.Delimited;

/// <summary>
/// One file of a dataset that nobody has surveyed yet, opened and understood: its dialect is found from its beginning, and every record after it
/// is held against that.
/// </summary>
internal sealed class FileScan : IDisposable
{
    private readonly SourceFile _file;
    private readonly TextSource _source;
    private readonly FoundDialect _found;
    private readonly RejectBudget _budget;

    private FileScan(SourceFile file, TextSource source, SurveyRequest request, ScanOptions options, RejectBudget budget)
    {
        (_file, _source, _budget) = (file, source, budget);
        _found = new DialectFinder(file.Name, request.Dialect ?? new DialectSpec(), request.Ragged == RaggedRows.Pad).Find(source);
        var scan = new ScanDialect(_found.Dialect, _found.WatchQuotes);
        var head = TextHead.Skip(source.Text, _found.Dialect, scan);
        Scanner = new(head.Rest, scan, _found.Names.Count, new(source.TextOffset + head.Bytes, 1 + head.Lines, 0), options, file.Name)
        {
            HasHeader = _found.Dialect.Header,
        };
    }

    public Dialect Dialect => _found.Dialect;

    public IReadOnlyList<string> Names => _found.Names;

    public RecordScanner Scanner { get; }

    public long BytesRead => _source.BytesRead;

    /// <summary>True where offsets in the text are offsets in the file, so that it can be read from the middle.</summary>
    public bool IsPlain => _source.IsPlain;

    /// <param name="encoding">Null: find out.</param>
    public static FileScan Open(SourceFile file, string? encoding, SurveyRequest request, ScanOptions options, RejectBudget budget)
    {
        var source = OpenSampled(file, encoding, options);
        try
        {
            return new(file, source, request, options, budget);
        }
        catch (InvalidDataException exception)
        {
            source.Dispose();
            throw TextSource.Undecodable(file, exception);
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    /// <summary>Fills the batch; false at the end. Damaged records are counted, and kept where there is a list for them.</summary>
    public bool Read(RecordBatch batch, List<RejectedRecord>? kept = null)
    {
        var more = Scanner.Read(batch);
        foreach (var reject in Scanner.Rejects)
        {
            if (reject is { Kind: DamageKind.Encoding, LooksWestern: true } && !_source.EncodingCertain && !Scanner.SawMultibyte)
            {
                throw new OtherEncodingException(_file);
            }

            _budget.Spend(reject);
            kept?.Add(reject.Record);
        }

        Scanner.Rejects.Clear();
        return more;
    }

    /// <summary>What the file was, once it has been read to its end; bytes behind the last record are read and hashed here.</summary>
    public FileSurvey Finish(IReadOnlyList<Chunk> chunks)
    {
        var sha256 = _source.FinishSha256();
        return new()
        {
            Path = _file.Name,
            Bytes = _source.BytesRead,
            Rows = Scanner.NextRow,
            Sha256 = sha256,
            Dialect = Dialect,
            Chunks = chunks,
        };
    }

    /// <summary>For people: what was skipped, padded or decoded.</summary>
    public IEnumerable<string> Notes()
    {
        (bool Holds, string Text)[] notes =
        [
            (Dialect.Skip > 0, $"{Dialect.Skip} lines before the table skipped"),
            (Scanner.BlankLines > 0, $"{Scanner.BlankLines} blank lines skipped"),
            (Scanner.Padded > 0, $"{Scanner.Padded} records padded with nulls"),
            (_found.WatchQuotes, "quotes are ordinary characters"),
            (int.PopCount(Scanner.LineEnds) > 1, "mixed line ends"),
            (Dialect.Encoding != EncodingEvidence.Utf8Name, $"decoded from {Dialect.Encoding}"),
        ];
        return notes.Where(note => note.Holds).Select(note => note.Text);
    }

    public void Dispose() => _source.Dispose();

    /// <summary>A header of thousands of columns may be longer than the usual sample.</summary>
    private static TextSource OpenSampled(SourceFile file, string? encoding, ScanOptions options)
    {
        for (var size = options.SampleBytes; ; size *= 8)
        {
            var source = TextSource.Open(file, encoding, size);
            if (source.SampleIsWhole || source.Sample.Span.IndexOfAny((byte)'\n', (byte)'\r') >= 0 || size >= options.MaxRecordBytes)
            {
                return source;
            }

            source.Dispose();
        }
    }
}
