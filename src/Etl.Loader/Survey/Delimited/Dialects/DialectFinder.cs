using System.Text;
using Etl.Loader.Survey.Delimited.Evidence;
using Etl.Loader.Survey.Delimited.Scanning;

namespace Etl.Loader.Survey.Delimited.Dialects;

/// <summary>
/// Finds delimiter, quote, escape, preamble and header from the file's beginning. What the producer says is taken as it is; the rest is
/// found where the evidence is clear and refused, with the line to write, where it is not. The whole file is checked against it later.
/// </summary>
/// <param name="pad">Short records get nulls.</param>
/// <param name="rowsAsTheyAre">The producer says that every line is a row: nothing is looked for that is none.</param>
internal sealed class DialectFinder(string file, DialectSpec spec, bool pad, bool rowsAsTheyAre = false)
{
    /// <summary>Candidates closer to each other than this are a guess.</summary>
    private const double Margin = 0.05;

    public FoundDialect Find(TextSource source)
    {
        var text = Encoding.UTF8.GetString(source.Sample.Span);
        if (source.SampleIsWhole && text.All(c => c is '\r' or '\n' || (spec.Delimiter is null && c is ' ' or '\t')))
        {
            throw new DatasetException($"{file} is empty, expected at least a header line.", "Deliver the file again, with its header.", file);
        }

        RefusePages(text);
        var said = Said(text);
        var best = new DialectChoice(file, said, text, source.SampleIsWhole).Choose(Margin);
        var table = best.Table;
        if (table.Count == 0)
        {
            throw new DatasetException(
                $"{file}: there is no complete record in its first {Amounts.Counted(source.Sample.Length, "byte")}{(spec.Skip > 0 ? $" after {Amounts.Counted(spec.Skip.Value, "skipped line")}" : "")}.",
                "Close the quote that is open there, or state the dialect in the trigger: \"dialect\": {\"quote\": \"\", \"skip\": 0}.",
                file,
                1);
        }

        RefuseDoubt(best);
        var comments = best.Columns > 1 && table.Any(best.IsRemark) && !table.Any(record => record.Fields.Count == best.Columns && record.Fields[0].Text.StartsWith('#'));
        var rows = comments ? [.. table.Where(record => !best.IsRemark(record))] : table;
        var trailing = TrailingDelimiter.Found(file, rows, spec);
        rows = trailing ? TrailingDelimiter.Without(rows) : rows;
        var form = spec.Header is false || rowsAsTheyAre || trailing || pad ? HeaderForm.Plain(rows) : HeaderForm.Of(best, rows, spec);
        var written = form.Header;
        rows = form.Rows;
        var header = Header(best, rows);
        var dialect = new Dialect
        {
            Delimiter = best.Delimiter,
            Quote = best.Quotes.Quote,
            Escape = best.Quotes.Escape,
            Encoding = source.Encoding,
            Header = header,
            Skip = said.Skip ?? rows[0].Line - 1,
            Nulls = spec.Null ?? [""],
            Decimal = DialectText.Decimal(spec.Decimal),
            DateFormat = spec.Date,
            TimestampFormat = spec.Timestamp,
            Compression = source.Compression,

            // A blank line in one column is a short record too: a null, where every line is a row.
            Pad = pad || (rowsAsTheyAre && best.Columns == 1),
            Trailing = trailing,
            Ended = header && form.Ended,
            Marked = header && form.Marked,
            Labels = header && form.Labels,
            Below = header ? form.Below : 0,
            Missing = header ? form.Missing : 0,
            Comments = comments,
            Bare = spec.Delimiter is null && DialectCandidate.IsBlanked(best.Delimiter),
        };
        var columns = trailing ? rows.Max(record => record.Fields.Count) : best.Columns;
        var body = rows.Skip(header ? 1 : 0).Where(record => record.Fields.Count == columns && !record.Damaged).ToList();
        if (dialect.Pad && columns > 1)
        {
            dialect = dialect with { Complete = PadEvidence.Of(body, columns, dialect) };
        }

        dialect = dialect with { Padded = PaddedCells.Columns(body, columns) };
        if (!rowsAsTheyAre)
        {
            Invisible.RefuseValues(file, body);
        }

        var names = header ? HeaderNames.Of(written.Fields, dialect) : Enumerable.Range(1, columns).Select(i => $"column_{i}");
        return new(dialect, [.. names], WatchQuotes: best.Quotes.Quote == '\0' && spec.Quote is null)
        {
            Typed = Typed(rows, columns),
            FirstShape = FirstShape(rows, columns),
            FirstMark = FirstMark(body),
            Categories = [.. Enumerable.Range(0, columns).Where(column => body.Count(record => TableEvidence.IsSum(record.Fields[column].Text)) > (source.SampleIsWhole ? 1 : 0))],
        };
    }

    private static List<int> Typed(IReadOnlyList<SampleRecord> rows, int columns)
    {
        var body = rows.Skip(1).Where(record => record.Fields.Count == columns).ToList();
        return [.. Enumerable.Range(0, columns).Where(column => HeaderEvidence.IsTyped(body, column))];
    }

    private static string? FirstShape(IReadOnlyList<SampleRecord> rows, int columns)
    {
        var firsts = rows.Skip(1).Where(record => record.Fields.Count == columns).Select(record => record.Fields[0].Text);
        var shapes = firsts.Where(text => text is not ("" or ['#', ..])).Select(CellEvidence.Shape).Distinct().Take(2).ToList();
        return shapes.Count == 1 ? shapes[0] : null;
    }

    private static char? FirstMark(IReadOnlyList<SampleRecord> body)
    {
        var marks = body.Select(record => record.Fields[0].Text is [var mark, ..] ? mark : '\0').Distinct().Take(2).ToList();
        return marks is [not '\0' and var only] && !char.IsLetterOrDigit(only) ? only : null;
    }

    /// <summary>A first line <c>sep=;</c>, as spreadsheets write and read it, is said by the file itself.</summary>
    private DialectSpec Said(ReadOnlySpan<char> text) =>
        spec is { Delimiter: null, Skip: null }
        && text[..(text.IndexOf('\n') is >= 0 and var end ? end : text.Length)].TrimEnd('\r').Trim('"') is ['s' or 'S', 'e' or 'E', 'p' or 'P', '=', _] line
            ? spec with { Delimiter = line[4..].ToString(), Skip = 1 }
            : spec;

    private bool Header(DialectCandidate best, IReadOnlyList<SampleRecord> rows)
    {
        var decided = spec.Header ?? HeaderEvidence.Decide(rows);
        if (spec.Header is null)
        {
            RefuseHeaderAbove(best, rows, decided is true);
        }

        if (best.Skipped.Count > 0 && spec.Skip is null && decided is not true && !(decided is false && IsTitle(best)))
        {
            throw new DatasetException(
                $"{file}: {Amounts.Counted(best.Skipped.Count, "line")} at its start {(best.Skipped.Count == 1 ? "does" : "do")} not look like the {Amounts.Counted(best.Columns, "column")} after them, and there is no header line.",
                $"Write in the trigger \"dialect\": {{\"skip\": {best.SkippedLines}, \"header\": false}} if those lines are not data.",
                file,
                1)
            {
                Choices = [new($"the table begins at line {best.SkippedLines + 1}, without names", new() { Skip = best.SkippedLines, Header = false })],
            };
        }

        if (decided is null)
        {
            RefuseOtherWidth(best, rows, header: true);
        }

        var header = decided ?? throw HeaderEvidence.Unclear(file, rows[0]);
        if (header && (rows[0].Damaged || rows[0].Fields.Any(field => field.Text.Contains('\0') || (field.Text.Contains(best.Delimiter) && field.Text.AsSpan().ContainsAny('\r', '\n')))))
        {
            throw new DatasetException(
                $"{file}: line {rows[0].Line} ('{HeaderEvidence.Shown(rows[0])}'), which names the columns, is damaged: it has a quote in the wrong place or a NUL byte, or swallows the lines after it.",
                $"Repair the line, or write \"dialect\": {{\"skip\": {rows[0].Line}, \"header\": false}} in the trigger to load without it.",
                file,
                rows[0].Line)
            {
                Choices = [new("without names", new() { Skip = rows[0].Line, Header = false })],
            };
        }

        RefuseOtherWidth(best, rows, header);
        if (!rowsAsTheyAre)
        {
            PartsEvidence.Check(file, rows, best.Quotes.Records.Records);
        }

        return header;
    }

    /// <summary>Sentences with a blank line below them, none of which falls into as many words as there are columns, name nothing in the table.</summary>
    private static bool IsTitle(DialectCandidate best) => best.Skipped[^1].Line < best.SkippedLines
        && best.Skipped.All(record => record.Fields.Count == 1 && !IsWritten(record.Fields[0].Text, best.Columns));

    private static bool IsWritten(string text, int columns) => DialectCandidate.Usual.Any(delimiter => text.Split(delimiter).Length == columns);

    /// <summary>More or fewer names than fields: no number of rejects makes a table of that.</summary>
    private void RefuseOtherWidth(DialectCandidate best, IReadOnlyList<SampleRecord> rows, bool header)
    {
        var names = rows[0].Fields.Count;
        var others = rows.Skip(1).GroupBy(record => record.Fields.Count).OrderByDescending(group => group.Count()).FirstOrDefault();
        if (rowsAsTheyAre || !header || others is null || others.Key == names || others.Count() * 2 < rows.Count - 1 || (pad && others.Key < names))
        {
            return;
        }

        var line = others.First().Line;
        var preamble = rows.TakeWhile(record => record.Fields.Count != others.Key).ToList();
        throw new DatasetException(
            $"{file}: line {rows[0].Line} ('{HeaderEvidence.Shown(rows[0])}'), which would name the columns, has {Amounts.Counted(names, "field")}, most lines from {line} on have {others.Key}.",
            others.Key < names && best.Skipped.Count == 0 && preamble.Count == 1
                ? "Repair the line, or write \"ragged\": \"pad\" in the trigger if missing fields at the end mean null."
                : $"Repair the line, or write \"dialect\": {{\"skip\": {line - 1}}} in the trigger if the table begins at line {line}.",
            file,
            rows[0].Line)
        {
            Choices = [new($"the table begins at line {line}", new() { Skip = line - 1 }), new($"line {line} is the first row, without names", new() { Skip = line - 1, Header = false })],
        };
    }

    /// <summary>A line right above the table that falls into as many words as the table has columns is its header, written in another way.</summary>
    private void RefuseHeaderAbove(DialectCandidate best, IReadOnlyList<SampleRecord> rows, bool header)
    {
        if (best.Skipped is not [.., var above] || above.Fields[0].Text.StartsWith('#') || spec.Skip is not null || above.Line != best.SkippedLines
            || (header && Typed(rows, best.Columns).Count > 0))
        {
            return;
        }

        var text = string.Join(best.Delimiter, above.Fields.Select(field => field.Text));
        if (DialectCandidate.Usual.Any(delimiter => delimiter != best.Delimiter && text.Split(delimiter).Length == best.Columns))
        {
            throw new DatasetException(
                $"{file}: line {above.Line} ('{HeaderEvidence.Shown(above)}') seems to name the columns, but is not written like the lines after it.",
                $"Repair the line, or write \"dialect\": {{\"skip\": {best.SkippedLines}}} in the trigger to leave it out.",
                file,
                above.Line)
            {
                Choices = [new($"without line {above.Line}", new() { Skip = best.SkippedLines })],
            };
        }
    }

    private void RefuseDoubt(DialectCandidate best)
    {
        if (best.Quotes.Doubt is not { } record)
        {
            return;
        }

        var quote = best.Quotes.Quote == '\0' ? '"' : best.Quotes.DoubtOf;
        var marks = quote switch { '"' => "quotes", '\'' => "apostrophes", _ => $"'{quote}' around the fields" };
        throw new DatasetException(
            $"{file}: it is not clear whether the {marks} of line {record.Line} ('{HeaderEvidence.Shown(record)}') belong to the text.",
            quote == '"'
                ? "Repair the line, or write \"dialect\": {\"quote\": \"\"} in the trigger if quotes are ordinary characters in this file."
                : $"Write \"dialect\": {{\"quote\": \"{quote}\"}} in the trigger if they enclose fields, or \"dialect\": {{\"quote\": \"\\\"\"}} if they are text.",
            file,
            record.Line)
        {
            Choices = quote == '"'
                ? [new("quotes are text", new() { Quote = "" })]
                : [new($"{quote} encloses fields", new() { Quote = quote.ToString() }), new($"{quote} is text", new() { Quote = "\"" })],
        };
    }

    /// <summary>An error page or another document in place of the data.</summary>
    private void RefusePages(string text)
    {
        var start = text.AsSpan().TrimStart();
        if (spec.Delimiter is null && (start.StartsWith("<!DOCTYPE", StringComparison.OrdinalIgnoreCase) || start.StartsWith("<html", StringComparison.OrdinalIgnoreCase)
            || start.StartsWith("<?xml", StringComparison.OrdinalIgnoreCase)))
        {
            throw new DatasetException(
                $"{file} is an HTML or XML document, not a table.",
                "Deliver the data itself. If it is a table after all, write its delimiter in the trigger (\"dialect\": {\"delimiter\": \",\"}).",
                file,
                1);
        }
    }
}

/// <param name="Names">Of the columns.</param>
/// <param name="WatchQuotes">Quotes were found to be ordinary characters: the pass over the whole file is to hold that.</param>
internal sealed record FoundDialect(Dialect Dialect, IReadOnlyList<string> Names, bool WatchQuotes)
{
    /// <summary>Columns of numbers, dates and similar, judging by the sample.</summary>
    public IReadOnlyList<int> Typed { get; init; } = [];

    /// <summary>The <see cref="CellEvidence.Shape"/> that the rows' first values share, judging by the sample; null: they have none in common.</summary>
    public string? FirstShape { get; init; }

    /// <summary>The sign that all rows begin with; null: they begin with letters and digits, or not alike.</summary>
    public char? FirstMark { get; init; }

    /// <summary>Columns where words for sums recur, and so are values.</summary>
    public IReadOnlyList<int> Categories { get; init; } = [];
}
