namespace Etl.Loader.Survey.Delimited;

/// <summary>Which quote and escape the file's beginning speaks for, given a delimiter.</summary>
internal static class QuoteEvidence
{
    public static (char Quote, char Escape, SampleRecords Records) Decide(string text, bool whole, string delimiter, DialectSpec spec)
    {
        if (spec.Quote is { } said)
        {
            var quote = DialectText.Quote(said);
            return quote == '\0'
                ? ('\0', '\0', Read(text, whole, delimiter, '\0', false, spec))
                : WithEscape(text, whole, delimiter, quote, spec);
        }

        var doubles = WithEscape(text, whole, delimiter, '"', spec);
        if (doubles.Records.Quoted > 0)
        {
            return doubles;
        }

        if (text.Contains('\''))
        {
            var singles = WithEscape(text, whole, delimiter, '\'', spec);
            if (singles.Records is { Quoted: > 0, Anomalies: 0 } && QuotesMatter(singles.Records, delimiter))
            {
                return singles;
            }
        }

        // Quotes, but none that begins a field: ordinary characters, such as inches.
        return doubles.Records is { Anomalies: > 0, Opened: 0 }
            ? ('\0', '\0', Read(text, whole, delimiter, '\0', false, spec))
            : doubles;
    }

    private static SampleRecords Read(string text, bool whole, string delimiter, char quote, bool backslash, DialectSpec spec) =>
        SampleRecords.Read(text, whole, delimiter, quote, backslash, firstLine: 1 + (spec.Skip ?? 0));

    private static (char Quote, char Escape, SampleRecords Records) WithEscape(
        string text, bool whole, string delimiter, char quote, DialectSpec spec)
    {
        if (DialectText.Escape(spec.Escape, quote) is { } said)
        {
            return (quote, said, Read(text, whole, delimiter, quote, said == '\\', spec));
        }

        var doubled = Read(text, whole, delimiter, quote, false, spec);
        if (doubled.Anomalies > 0 && text.Contains($"\\{quote}", StringComparison.Ordinal))
        {
            var escaped = Read(text, whole, delimiter, quote, true, spec);
            if (escaped.Anomalies < doubled.Anomalies)
            {
                return (quote, '\\', escaped);
            }
        }

        return (quote, quote, doubled);
    }

    /// <summary>
    /// An apostrophe at both ends may be part of a text. It is a quote where it encloses a delimiter or line break, or every text of a
    /// column.
    /// </summary>
    private static bool QuotesMatter(SampleRecords records, string delimiter)
    {
        var table = records.Records.Where(record => !record.IsBlank).ToList();
        if (table.Exists(record => record.Fields.Any(field => field.Quoted && (field.Text.Contains(delimiter) || field.Text.Contains('\n')))))
        {
            return true;
        }

        var widest = table.Count == 0 ? 0 : table.Max(record => record.Fields.Count);
        return Enumerable.Range(0, widest).Any(column =>
        {
            var cells = table.Skip(1).Where(record => record.Fields.Count > column).Select(record => record.Fields[column])
                .Where(field => field.Text.Length > 0).ToList();
            return cells.Count > 1 && cells.TrueForAll(field => field.Quoted);
        });
    }
}
