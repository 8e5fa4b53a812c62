using Etl.Loader.Survey.Types;

namespace Etl.Loader.Survey.Delimited;

/// <summary>The one pass over one file of a dataset: finds its dialect, then holds the whole file against it and proves its columns.</summary>
internal sealed class FilePass(SourceFile file, SurveyRequest request, ScanOptions options, ColumnProofs proofs, RejectBudget budget)
{
    public List<string> Notes { get; } = [];

    /// <param name="encoding">Null: find out.</param>
    /// <param name="before">Bytes of the files before, for progress.</param>
    public FileSurvey Run(string? encoding, long before, IProgress<long> bytesRead, CancellationToken token)
    {
        using var source = OpenSampled(encoding);
        try
        {
            return Run(source, before, bytesRead, token);
        }
        catch (InvalidDataException exception)
        {
            throw TextSource.Undecodable(file, exception);
        }
    }

    /// <summary>A header of thousands of columns may be longer than the usual sample.</summary>
    private TextSource OpenSampled(string? encoding)
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

    private FileSurvey Run(TextSource source, long before, IProgress<long> bytesRead, CancellationToken token)
    {
        var spec = request.Dialect ?? new DialectSpec();
        var found = DialectMemory.Find(file.Name, spec, request.Ragged == RaggedRows.Pad, request.Known, source);
        var scan = new ScanDialect(found.Dialect, found.WatchQuotes);
        var head = TextHead.Skip(source.Text, found.Dialect, scan);
        var map = proofs.Map(file.Name, found.Names, found.Dialect);
        var scanner = new RecordScanner(
            head.Rest, scan, found.Names.Count, new(source.TextOffset + head.Bytes, 1 + head.Lines, 0), options, file.Name)
        {
            HasHeader = found.Dialect.Header,
        };
        using var chunks = source.IsPlain ? new ChunkList(scanner, options.ChunkBytes) : null;
        var batch = new RecordBatch();
        while (scanner.Read(batch))
        {
            token.ThrowIfCancellationRequested();
            proofs.Observe(batch, map);
            Count(scanner, source);
            chunks?.Advance();
            bytesRead.Report(before + source.BytesRead);
        }

        var sha256 = source.FinishSha256();
        bytesRead.Report(before + source.BytesRead);
        Describe(found, scanner);
        return new()
        {
            Path = file.Name,
            Bytes = source.BytesRead,
            Rows = scanner.NextRow,
            Sha256 = sha256,
            Dialect = found.Dialect,
            Chunks = chunks?.Finish() ?? [],
        };
    }

    private void Count(RecordScanner scanner, TextSource source)
    {
        foreach (var reject in scanner.Rejects)
        {
            if (reject is { Kind: DamageKind.Encoding, LooksWestern: true } && !source.EncodingCertain && !scanner.SawMultibyte)
            {
                throw new OtherEncodingException(file);
            }

            budget.Spend(reject);
        }

        scanner.Rejects.Clear();
    }

    private void Describe(FoundDialect found, RecordScanner scanner)
    {
        var dialect = found.Dialect;
        Note(dialect.Skip > 0, $"{dialect.Skip} lines before the table skipped");
        Note(scanner.BlankLines > 0, $"{scanner.BlankLines} blank lines skipped");
        Note(scanner.Padded > 0, $"{scanner.Padded} records padded with nulls");
        Note(found.WatchQuotes, "quotes are ordinary characters");
        Note(int.PopCount(scanner.LineEnds) > 1, "mixed line ends");
        Note(dialect.Encoding != EncodingEvidence.Utf8Name, $"decoded from {dialect.Encoding}");
    }

    private void Note(bool holds, string text)
    {
        if (holds)
        {
            Notes.Add(request.Files.Count > 1 ? $"{text} ({file.Name})" : text);
        }
    }
}

/// <summary>A file that was ASCII as far as its sample went has bytes that are not UTF-8: it must be read again as windows-1252.</summary>
internal sealed class OtherEncodingException(SourceFile file) : Exception($"{file.Name} is not UTF-8.")
{
    public SourceFile File => file;
}
