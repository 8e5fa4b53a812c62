using Etl.Loader.Survey.Types;

namespace Etl.Loader.Survey.Delimited;

/// <summary>The one pass over one file of a dataset: finds its dialect, then holds the whole file against it and proves its columns.</summary>
internal sealed class FilePass(SourceFile file, SurveyRequest request, ScanOptions options, ColumnProofs proofs, RejectBudget budget)
{
    /// <summary>Bytes that are looked at for further damage once there is too much of it.</summary>
    private const long Further = 16 * 1024 * 1024;

    private long? _overAt;
    private readonly DialectSpec _spec = request.Dialect ?? new DialectSpec();

    public List<string> Notes { get; } = [];

    /// <param name="encoding">Null: find out.</param>
    /// <param name="end">Where the table ends, from a pass before; null: with the file.</param>
    /// <param name="before">Bytes of the files before, for progress.</param>
    public FileSurvey Run(string? encoding, TableEnd? end, long before, IProgress<long> bytesRead, CancellationToken token)
    {
        using var source = OpenSampled(encoding);
        try
        {
            return Run(source, end, before, bytesRead, token);
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

    private FileSurvey Run(TextSource source, TableEnd? end, long before, IProgress<long> bytesRead, CancellationToken token)
    {
        var found = new DialectFinder(file.Name, _spec, request.Ragged == RaggedRows.Pad, request.EveryLineIsARow).Find(source);
        found = found with { Dialect = found.Dialect with { End = end?.Offset } };
        var scan = new ScanDialect(found.Dialect, found.WatchQuotes);
        var head = TextHead.Skip(source.Text, found.Dialect, scan);
        var map = proofs.Map(file.Name, found.Names, found.Dialect);
        var start = new ScanStart(source.TextOffset + head.Bytes, 1 + head.Lines, 0);
        var scanner = new RecordScanner(head.Body(found.Dialect, start.Offset), scan, scan.Columns(found.Names.Count), start, options, file.Name)
        {
            HasHeader = found.Dialect.Header,
        };
        using var chunks = source.IsPlain ? new ChunkList(scanner, options.ChunkBytes) : null;
        var rows = request.EveryLineIsARow ? null : new RowEvidence(file.Name, found, _spec);
        var tail = request.EveryLineIsARow || end is not null ? null : new TailEvidence(file.Name, found);
        var batch = new RecordBatch();
        while (scanner.Read(batch))
        {
            token.ThrowIfCancellationRequested();
            if (found.Dialect.Trailing && TrailingDelimiter.Drop(batch) is >= 0 and var filled)
            {
                throw TrailingDelimiter.Filled(file.Name, batch.Lines[filled]);
            }

            rows?.Observe(batch);
            proofs.Observe(batch, map);
            Count(scanner, source, tail, batch);
            chunks?.Advance();
            if (budget.IsOver && scanner.NextOffset - (_overAt ??= scanner.NextOffset) > Further)
            {
                budget.Settle(all: false);
            }

            bytesRead.Report(before + source.BytesRead);
        }

        EndOf(scanner, rows, tail);
        budget.Settle(all: request.Files.Count == 1);
        var sha256 = source.FinishSha256();
        bytesRead.Report(before + source.BytesRead);
        Describe(found, scanner, end);
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

    /// <summary>What only the file's end shows: that its last lines are none of the table.</summary>
    private void EndOf(RecordScanner scanner, RowEvidence? rows, TailEvidence? tail)
    {
        if (tail is not null)
        {
            var columns = proofs.Finish();
            var single = request.Files.Count == 1;
            if ((single ? tail.Footer(columns) : null) is { } footer)
            {
                throw new OtherEndException(file, new(footer, $"{tail.Rest.Count} lines after the table skipped"));
            }

            if (rows?.EmptyEnd is { } empty && _spec.Null is null)
            {
                throw new OtherEndException(file, new(empty, "empty lines after the table skipped"));
            }

            if ((single ? tail.WideFooter(columns, scanner.NextRow) : null) is { } wide)
            {
                throw new OtherEndException(file, new(wide, "the last line skipped, which is a footer"));
            }

            foreach (var reject in tail.Rest)
            {
                budget.Spend(reject, atEnd: true);
            }
        }

        rows?.Finish();
        if (rows is not null && scanner.Gaps is 1 or 2 && proofs.Finish().All(column => column.Type.Kind is TypeKind.Text or TypeKind.Empty))
        {
            throw TableEvidence.Gap(file.Name, null);
        }
    }

    private void Count(RecordScanner scanner, TextSource source, TailEvidence? tail, RecordBatch batch)
    {
        foreach (var reject in scanner.Rejects)
        {
            if (reject is { Kind: DamageKind.Encoding, LooksWestern: true } && !source.EncodingCertain && !scanner.SawMultibyte)
            {
                throw new OtherEncodingException(file);
            }

            if (tail?.Keep(reject) != true)
            {
                budget.Spend(reject);
            }
        }

        foreach (var reject in tail?.Observe(batch, scanner.Rejects) ?? [])
        {
            budget.Spend(reject);
        }

        scanner.Rejects.Clear();
    }

    private void Describe(FoundDialect found, RecordScanner scanner, TableEnd? end)
    {
        var dialect = found.Dialect;
        Note(dialect.Skip > 0, $"{dialect.Skip} lines before the table skipped");
        Note(end is not null, end?.What ?? "");
        Note(scanner.Remarks > 0, $"{scanner.Remarks} lines beginning with '#' skipped");
        Note(dialect.Trailing, "a delimiter at the end of each line, nothing behind it");
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
