using System.Globalization;
using Etl.Loader.Survey.Delimited.Dialects;
using Etl.Loader.Survey.Delimited.Evidence;
using Etl.Loader.Survey.Delimited.Scanning;

namespace Etl.Loader.Survey.Delimited.Reading;

/// <summary>
/// One file of a dataset that no one has surveyed yet, opened and understood: its dialect is found from its beginning, and every record after it
/// is held against that.
/// </summary>
internal sealed class FileScan : IDisposable
{
    /// <summary>Bytes that are looked at for further damage once there is too much of it.</summary>
    private const long Further = 16 * 1024 * 1024;

    private readonly SourceFile _file;
    private readonly TextSource _source;
    private readonly FoundDialect _found;
    private readonly RejectBudget _budget;
    private readonly TableEnd? _end;
    private readonly PassEvidence? _evidence;
    private readonly bool _single;
    private readonly bool _encodingFound;
    private long? _overAt;

    private FileScan(SourceFile file, TextSource source, TableEnd? end, SurveyRequest request, ScanOptions options, RejectBudget budget)
    {
        (_file, _source, _end, _budget) = (file, source, end, budget);
        _single = request.Files.Count == 1;
        var spec = request.Dialect ?? new DialectSpec();
        _encodingFound = spec.Encoding is null;
        _found = DialectMemory.Find(file.Name, spec, request, source);
        ColumnLimits.Check(file.Name, _found.Names, _found.Dialect.Header ? _found.Dialect.Skip + 1 : null);
        _found = _found with { Dialect = _found.Dialect with { End = end?.Offset } };
        var scan = new ScanDialect(_found.Dialect, _found.WatchQuotes);
        var head = TextHead.Skip(source.Text, _found.Dialect, scan);
        var start = new ScanStart(source.TextOffset + head.Bytes, 1 + head.Lines, 0);
        Scanner = new(head.Body(_found.Dialect, start.Offset), scan, scan.Columns(_found.Names.Count), start, options, file.Name)
        {
            HasHeader = _found.Dialect is { Header: true, Missing: 0, Labels: false },
        };
        _evidence = request.EveryLineIsARow ? null : new(file, _found, spec, Scanner, _single, ended: end is not null);
    }

    public Dialect Dialect => _found.Dialect;

    public IReadOnlyList<string> Names => _found.Names;

    public RecordScanner Scanner { get; }

    public long BytesRead => _source.BytesRead;

    /// <summary>True where offsets in the text are offsets in the file, so that it can be read from the middle.</summary>
    public bool IsPlain => _source.IsPlain;

    /// <param name="encoding">Null: find out.</param>
    /// <param name="end">Where the table ends, from a reading before; null: with the file.</param>
    public static FileScan Open(SourceFile file, string? encoding, TableEnd? end, SurveyRequest request, ScanOptions options, RejectBudget budget)
    {
        var source = OpenSampled(file, encoding, request, options);
        try
        {
            return new(file, source, end, request, options, budget);
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
        if (Dialect.Trailing && TrailingDelimiter.Drop(batch) is >= 0 and var filled)
        {
            throw TrailingDelimiter.Filled(_file.Name, batch.Lines[filled]);
        }

        MissingColumns.Add(batch, Dialect.Missing);
        foreach (var reject in Scanner.Rejects)
        {
            if (reject is { Kind: DamageKind.Encoding, OtherEncoding: true } && !_source.EncodingCertain && !Scanner.SawMultibyte)
            {
                throw new OtherEncodingException(_file);
            }

            if (_evidence?.Keep(reject) != true)
            {
                _budget.Spend(reject);
            }

            kept?.Add(reject.Record);
        }

        foreach (var reject in _evidence?.Observe(batch) ?? [])
        {
            _budget.Spend(reject);
        }

        Scanner.Rejects.Clear();
        if (_budget.IsOver && Scanner.NextOffset - (_overAt ??= Scanner.NextOffset) > Further)
        {
            _budget.Settle(all: false);
        }

        return more;
    }

    /// <summary>What only the file's end shows; to be called there, before <see cref="Finish"/>. Throws where the table is not what it seemed.</summary>
    /// <param name="columns">As proven up to here.</param>
    public void Settle(IReadOnlyList<SurveyedColumn> columns)
    {
        if (_encodingFound)
        {
            _source.HoldEncoding(_file.Name);
        }

        foreach (var reject in _evidence?.Settle(columns) ?? [])
        {
            _budget.Spend(reject, atEnd: true);
        }

        _budget.Settle(_single);
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
            TextBytes = Scanner.NextOffset,
            Dialect = Dialect,
            Chunks = chunks,
        };
    }

    /// <summary>For people: what was skipped, padded or decoded.</summary>
    public IEnumerable<string> Notes()
    {
        (bool Holds, string Text)[] notes =
        [
            (Dialect.Skip > 0, $"{Amounts.Counted(Dialect.Skip, "line")} before the table skipped"),
            (_end is not null, _end?.What ?? ""),
            (Scanner.Remarks > 0, $"{Amounts.Counted(Scanner.Remarks, "line")} beginning with '#' skipped"),
            (Dialect.Padded is not null, "blanks around numbers and dates left out"),
            (Dialect.Below > 0, $"{Amounts.Counted(Dialect.Below, "line")} below the header skipped"),
            (Dialect.Labels, $"the first column has no name in the header: {RowLabels.Name}"),
            (Dialect.Missing > 0, $"no record has the last {Amounts.Counted(Dialect.Missing, "column")} of the header"),
            (Dialect.Ended, "a delimiter at the end of the header"),
            (Dialect.Trailing, "a trailing delimiter on each line, with nothing after it"),
            (Scanner.BlankLines > 0, $"{Amounts.Counted(Scanner.BlankLines, "blank line")} skipped"),
            (_source.EndMarks > 0, "an end mark (Ctrl-Z) after the text skipped"),
            (Scanner.Joined > 0, $"{Amounts.Counted(Scanner.Joined, "byte order mark")} between joined files skipped"),
            (Scanner.Padded > 0, $"{Amounts.Counted(Scanner.Padded, "record")} padded with nulls"),
            (_found.WatchQuotes, "quotes are ordinary characters"),
            (int.PopCount(Scanner.LineEnds) > 1, "mixed line ends"),
            (Dialect.Encoding != EncodingEvidence.Utf8Name, $"decoded from {Dialect.Encoding}"),
        ];
        return notes.Where(note => note.Holds).Select(note => note.Text);
    }

    public void Dispose() => _source.Dispose();

    /// <summary>A header of thousands of columns may be longer than the usual sample; without one the first line may be as long as any.</summary>
    private static TextSource OpenSampled(SourceFile file, string? encoding, SurveyRequest request, ScanOptions options)
    {
        var isSaid = request.Dialect is { Delimiter: not null, Header: false };
        var longest = isSaid ? options.MaxRecordBytes : Math.Min(options.MaxRecordBytes, ColumnLimits.MaxNames);
        for (var size = options.SampleBytes; ; size *= 8)
        {
            var source = TextSource.Open(file, encoding, size, request.Token);
            if (source.SampleIsWhole || source.Sample.Span.IndexOfAny((byte)'\n', (byte)'\r') >= 0 || (isSaid && size >= longest))
            {
                return source;
            }

            var seen = source.Sample.Length;
            source.Dispose();
            if (size >= longest)
            {
                throw new DatasetException(
                    string.Create(CultureInfo.InvariantCulture, $"{file.Name}: its first line does not end within {Amounts.Counted(seen, "byte")}; a line of column names may have {longest:N0}."),
                    "Deliver a table that has its column names in a shorter first line; if the line is a row, write \"dialect\": {\"header\": false, \"delimiter\": \",\"} in the trigger.",
                    file.Name,
                    1);
            }
        }
    }
}
