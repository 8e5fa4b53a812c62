using Etl.Loader.Survey.Streams;

namespace Etl.Loader.Survey.JsonLines;

/// <summary>One survey under way: what its files have in common is gathered here, file after file.</summary>
internal sealed class JsonLinesPass(SurveyRequest request, JsonLinesLimits limits, IProgress<long> bytesRead, CancellationToken token)
{
    private const int LinesBetweenReports = 1024;

    private readonly JsonColumns _columns = new();
    private readonly List<JsonColumnProof> _proofs = [];
    private long _nameLengths;
    private long _loaded;
    private long _rejected;
    private long _bytesBefore;

    public IReadOnlyList<SurveyedColumn> Columns() =>
        [.. _proofs.Select((proof, column) => proof.Finish(_columns.Name(column), _loaded, request.TypesAsText))];

    public IReadOnlyList<string> Notes() =>
        request.TypesAsText ? [] : [.. _proofs.Select((proof, column) => proof.Note(_columns.Name(column))).OfType<string>()];

    public FileSurvey Survey(SourceFile file)
    {
        var encoding = JsonText.EncodingOf(file, request.Dialect);
        var bytes = DataStreams.OpenDecompressed(file, out var compression, out HashingStream delivered);
        var chunked = compression == DataStreams.None && encoding == JsonText.Utf8;
        using var lines = new JsonLineReader(JsonText.Decode(CancellableStream.Of(bytes, token), encoding), limits.Buffer, limits.MaxLine, hashing: chunked);
        var chunks = new JsonChunks(chunked ? limits.Chunk : long.MaxValue);
        var rows = ReadLines(file, lines, delivered, chunks);
        var hash = delivered.FinishSha256(token);
        _bytesBefore += delivered.BytesRead;
        bytesRead.Report(_bytesBefore);
        return new()
        {
            Path = file.Name,
            Bytes = delivered.BytesRead,
            Rows = rows,
            Sha256 = hash,
            TextBytes = lines.EndOffset,
            Dialect = DialectOf(encoding, compression),
            Chunks = chunked ? chunks.Finish(lines, rows) : [],
        };
    }

    private long ReadLines(SourceFile file, JsonLineReader lines, HashingStream delivered, JsonChunks chunks)
    {
        var parser = new JsonRecordParser(_columns);
        var rows = 0L;
        try
        {
            while (lines.TryRead())
            {
                token.ThrowIfCancellationRequested();
                if (lines.Line % LinesBetweenReports == 0)
                {
                    bytesRead.Report(_bytesBefore + delivered.BytesRead);
                }

                var (start, length) = JsonText.Trim(lines);
                if (length == 0)
                {
                    continue;
                }

                chunks.Begin(lines, rows);
                Observe(file, lines, parser, start, length, rows == 0);
                rows++;
            }
        }
        catch (InvalidDataException exception)
        {
            throw new DatasetException(
                $"{file.Name}: {exception.Message}",
                "Name its encoding in the manifest's dialect, or deliver it as UTF-8.",
                file.Name,
                lines.Line + 1,
                inner: exception);
        }

        return rows;
    }

    private void Observe(SourceFile file, JsonLineReader lines, JsonRecordParser parser, int start, int length, bool first)
    {
        if (lines.TooLong)
        {
            Reject(file, lines.Line, null, JsonRecordFault.TooLong(limits.MaxLine), false);
            return;
        }

        if (!parser.TryParse(lines.Buffer, start, length))
        {
            Reject(file, lines.Line, parser.Column, parser.Reason, first && JsonRecordFault.IsOtherForm(lines, start, length));
            return;
        }

        // More different keys than any target has columns: such objects are maps, not records.
        if (_columns.Count > ColumnLimits.MaxColumns)
        {
            throw new DatasetException(
                $"{file.Name}, line {lines.Line}: the records have more than {ColumnLimits.MaxColumns} different keys so far.",
                "Put keys that are data into a nested object, which becomes one JSON column.",
                file.Name,
                lines.Line);
        }

        while (_proofs.Count < _columns.Count)
        {
            ColumnLimits.CheckName(file.Name, _proofs.Count, _columns.Name(_proofs.Count), ref _nameLengths, lines.Line);
            _proofs.Add(new());
        }

        for (var column = 0; column < _proofs.Count; column++)
        {
            _proofs[column].Observe(parser.Value(column), parser, lines.Buffer, lines.Line);
        }

        _loaded++;
    }

    private void Reject(SourceFile file, long line, string? column, string reason, bool otherForm)
    {
        if (++_rejected <= request.RejectsMax && !otherForm)
        {
            return;
        }

        throw new DatasetException(
            $"{file.Name}, line {line}: this is not a record, {reason}.",
            otherForm
                ? $"JSON lines have one object on each line; convert it: {JsonRecordFault.Conversion}."
                : "Repair the line, or skip such lines with \"rejects\": {\"max\": n} in the manifest.",
            file.Name,
            line,
            column);
    }

    private static Dialect DialectOf(string encoding, string compression) => new()
    {
        Delimiter = "",
        Quote = '\0',
        Escape = '\0',
        Encoding = encoding,
        Header = false,
        Skip = 0,
        Nulls = [],
        Decimal = '.',
        Compression = compression,
    };
}
