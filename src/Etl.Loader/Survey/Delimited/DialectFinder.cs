using System.Text;

namespace Etl.Loader.Survey.Delimited;

/// <summary>
/// Finds delimiter, quote, escape, preamble and header from the file's beginning. What the producer says is taken as it is; the rest is
/// found where the evidence is clear and refused, with the line to write, where it is not. The whole file is checked against it later.
/// </summary>
internal sealed class DialectFinder(string file, DialectSpec spec, bool pad)
{
    private static readonly string[] Delimiters = [",", ";", "\t", "|", ", ", " "];

    /// <summary>Candidates closer to each other than this are a guess.</summary>
    private const double Margin = 0.05;

    public FoundDialect Find(TextSource source)
    {
        var text = Encoding.UTF8.GetString(source.Sample.Span);
        if (source.SampleIsWhole && text.All(c => c is '\r' or '\n' || (spec.Delimiter is null && c is ' ' or '\t')))
        {
            throw new DatasetException($"{file} is empty, expected at least a header line.", "Deliver the file again, with its header.", file);
        }

        var candidates = Candidates(text, source.SampleIsWhole);
        var best = Choose(candidates, text, source.SampleIsWhole);
        var table = best.Table;
        if (table.Count == 0)
        {
            throw new DatasetException(
                $"{file}: no whole record is to be seen in its first {source.Sample.Length} bytes{(spec.Skip > 0 ? $" after {spec.Skip} skipped lines" : "")}.",
                "Close the quote that is open there, or say in the trigger how the file is written: \"dialect\": {\"quote\": \"\", \"skip\": 0}.",
                file,
                1);
        }

        var header = spec.Header ?? HeaderEvidence.Decide(file, table, best.Skipped > 0);
        if (best.Skipped > 0 && spec.Skip is null && !header)
        {
            throw new DatasetException(
                $"{file}: the first {best.Skipped} lines do not look like the {best.Columns} columns after them, and no header line is to be seen.",
                $"Write in the trigger \"dialect\": {{\"skip\": {best.Skipped}, \"header\": false}} if those lines are no data.",
                file,
                1);
        }

        var skip = spec.Skip ?? best.SkippedLines;
        var dialect = new Dialect
        {
            Delimiter = best.Delimiter,
            Quote = best.Quote,
            Escape = best.Escape,
            Encoding = source.Encoding,
            Header = header,
            Skip = skip,
            Nulls = spec.Null ?? [""],
            Decimal = DialectText.Decimal(spec.Decimal),
            DateFormat = spec.Date,
            TimestampFormat = spec.Timestamp,
            Compression = source.Compression,
            Pad = pad,
        };
        var names = header ? table[0].Fields.Select(field => field.Text) : Enumerable.Range(1, best.Columns).Select(i => $"column_{i}");
        return new(dialect, [.. names], WatchQuotes: best.Quote == '\0' && spec.Quote is null);
    }

    private List<DialectCandidate> Candidates(string text, bool whole)
    {
        var body = Body(text);
        var delimiters = spec.Delimiter is { } said
            ? [DialectText.Delimiter(said)]
            : Delimiters.Where(delimiter => body.Contains(delimiter, StringComparison.Ordinal)).ToArray();
        return [.. delimiters.DefaultIfEmpty(",").Select(delimiter => Judge(body, whole, delimiter))];
    }

    private string Body(string text) => spec.Skip is { } lines ? text[DialectText.AfterLines(text, lines)..] : text;

    private DialectCandidate Judge(string body, bool whole, string delimiter)
    {
        var (quote, escape, records) = QuoteEvidence.Decide(body, whole, delimiter, spec);
        return DialectCandidate.Judge(delimiter, quote, escape, records, said: spec.Delimiter is not null, skipSaid: spec.Skip is not null);
    }

    private DialectCandidate Choose(List<DialectCandidate> candidates, string text, bool whole)
    {
        if (spec.Delimiter is not null)
        {
            return candidates[0];
        }

        var fitting = candidates.Where(candidate => candidate.Columns > 1 && candidate.Score > 0).OrderByDescending(candidate => candidate.Score).ToList();
        if (fitting.Count == 0)
        {
            var separators = candidates.Where(candidate => candidate.Columns > 1 && candidate.Delimiter is not (" " or ", ")).ToList();
            if (separators.Count == 0)
            {
                return Judge(Body(text), whole, ",");
            }

            var line = separators[0].FirstOdd;
            throw new DatasetException(
                $"{file}: no delimiter divides its lines into the same number of fields ({DialectText.Names(separators)} were tried; line {line} is the first that differs).",
                "Write the delimiter in the trigger (\"dialect\": {\"delimiter\": \";\"}; for a single column one that does not occur, such as \"\\t\").",
                file,
                line);
        }

        var best = fitting[0];
        var rival = fitting.Skip(1).FirstOrDefault(candidate => best.Score - candidate.Score < Margin);
        if (rival is not null && !(best.Columns == rival.Columns && (best.Delimiter, rival.Delimiter) is (", ", ",") or (",", ", ")))
        {
            throw new DatasetException(
                $"{file} can be read with {DialectText.Name(best.Delimiter)} ({best.Columns} columns) and with {DialectText.Name(rival.Delimiter)} ({rival.Columns} columns).",
                $"Write the delimiter in the trigger: \"dialect\": {{\"delimiter\": \"{DialectText.Json(best.Delimiter)}\"}}.",
                file,
                1);
        }

        return best;
    }
}

/// <param name="Names">Of the columns.</param>
/// <param name="WatchQuotes">Quotes were found to be ordinary characters: the pass over the whole file is to hold that.</param>
internal sealed record FoundDialect(Dialect Dialect, IReadOnlyList<string> Names, bool WatchQuotes);
