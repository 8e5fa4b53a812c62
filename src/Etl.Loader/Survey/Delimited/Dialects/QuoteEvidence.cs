using System.Text.RegularExpressions;

namespace Etl.Loader.Survey.Delimited.Dialects;

/// <summary>Which quote and escape the file's beginning speaks for, given a delimiter.</summary>
/// <param name="Doubt">The first record whose quotes may mean one thing or another; null: none.</param>
/// <param name="DoubtOf">The character that is in doubt, where it is not a double quote.</param>
internal sealed partial record QuoteEvidence(char Quote, char Escape, SampleRecords Records, SampleRecord? Doubt = null, char DoubtOf = '\'')
{
    /// <summary>Marks that are quotes where they enclose a delimiter or line end; apostrophes also where they enclose every text of a column.</summary>
    private static readonly char[] Others = ['\'', '`', '|', '$', '*', '%', '~', '^'];

    public static QuoteEvidence Decide(string text, bool whole, string delimiter, DialectSpec spec)
    {
        if (spec.Quote is { } said)
        {
            var quote = DialectText.Quote(said);
            return quote == '\0' ? new('\0', '\0', Read(text, whole, delimiter, '\0', false, spec)) : WithEscape(text, whole, delimiter, quote, spec);
        }

        var doubles = WithEscape(text, whole, delimiter, '"', spec);
        if (doubles.Records.Quoted > 0)
        {
            return doubles;
        }

        SampleRecord? doubt = null;
        foreach (var other in Others.Where(quote => text.Contains(quote) && !delimiter.Contains(quote)))
        {
            var found = WithEscape(text, whole, delimiter, other, spec);
            if (found.Records is { Quoted: > 0, Anomalies: 0 } && QuotesMatter(found.Records, delimiter, other))
            {
                var asText = other == '\'' ? null : Read(text, whole, delimiter, '\0', false, spec);
                if (asText is null || !IsEven(asText))
                {
                    return found;
                }

                // Rows are as wide where the marks are text. Lines that they would join are rows then; within one line no one can say.
                if (IsEven(found.Records) && !found.Records.Records.Any(record => record.Fields.Any(field => field.Quoted && field.Text.Contains('\n'))))
                {
                    return doubles with { Doubt = found.Records.Records[0], DoubtOf = other };
                }

                continue;
            }

            // Around each and every field, names included: neither text nor quotes for certain.
            if (other != '\'' && found.Records.Anomalies == 0 && EnclosesAll(found.Records))
            {
                return doubles with { Doubt = found.Records.Records[0], DoubtOf = other };
            }

            // Apostrophes of texts seldom are at both ends: where more do than not, some fields may be quoted and others damaged.
            if (other == '\'' && found.Records.Quoted > found.Records.Anomalies)
            {
                doubt ??= found.Records.Records.FirstOrDefault(record => record.Fields.Any(field => field.Quoted));
            }
        }

        // Quotes, but none that begins a field: ordinary characters, such as inches, if each of them makes sense as one.
        if (doubles.Records is { Anomalies: > 0, Opened: 0 })
        {
            var plain = Read(text, whole, delimiter, '\0', false, spec);
            return new('\0', '\0', plain, doubt ?? Stray(plain));
        }

        return doubles with { Doubt = doubt };
    }

    private static SampleRecords Read(string text, bool whole, string delimiter, char quote, bool backslash, DialectSpec spec) =>
        SampleRecords.Read(text, whole, delimiter, quote, backslash, firstLine: 1 + (spec.Skip ?? 0));

    private static QuoteEvidence WithEscape(string text, bool whole, string delimiter, char quote, DialectSpec spec)
    {
        if (DialectText.Escape(spec.Escape, quote) is { } said)
        {
            return new(quote, said, Read(text, whole, delimiter, quote, said == '\\', spec));
        }

        var doubled = Read(text, whole, delimiter, quote, false, spec);
        if (doubled.Anomalies > 0 && text.Contains($"\\{quote}", StringComparison.Ordinal))
        {
            var escaped = Read(text, whole, delimiter, quote, true, spec);
            if (escaped.Anomalies < doubled.Anomalies)
            {
                return new(quote, '\\', escaped);
            }
        }

        return new(quote, quote, doubled);
    }

    /// <summary>
    /// A mark at both ends may be part of a text. It is a quote where it encloses a delimiter or line break, apostrophes also where they enclose
    /// another one or every text of a column.
    /// </summary>
    private static bool QuotesMatter(SampleRecords records, string delimiter, char quote)
    {
        var table = records.Records.Where(record => !record.IsBlank).ToList();
        if (table.Exists(record => record.Fields.Any(field =>
            field.Quoted && (field.Text.Contains(delimiter) || field.Text.Contains('\n') || (quote == '\'' && field.Text.Contains(quote))))))
        {
            return true;
        }

        if (quote != '\'')
        {
            return false;
        }

        var widest = table.Count == 0 ? 0 : table.Max(record => record.Fields.Count);
        var (quoted, plain) = (new int[widest], new int[widest]);
        foreach (var record in table.Skip(1))
        {
            for (var column = 0; column < record.Fields.Count; column++)
            {
                var (text, isQuoted) = record.Fields[column];
                quoted[column] += isQuoted && text.Length > 0 ? 1 : 0;
                plain[column] += !isQuoted && text.Length > 0 ? 1 : 0;
            }
        }

        return Enumerable.Range(0, widest).Any(column => quoted[column] > 1 && plain[column] == 0);
    }

    private static bool IsEven(SampleRecords records) =>
        records.Records.Where(record => !record.IsBlank).Select(record => record.Fields.Count).Distinct().Count() == 1;

    private static bool EnclosesAll(SampleRecords records) =>
        records.Quoted > 1 && records.Records.Where(record => !record.IsBlank).All(record => record.Fields.All(field => field.Quoted || field.Text.Length == 0));

    /// <summary>The first record with a quote that is neither one of a pair nor, with others like it, an inch.</summary>
    private static SampleRecord? Stray(SampleRecords plain)
    {
        var marked = plain.Records.Where(record => record.Fields.Any(field => field.Text.Contains('"'))).ToList();
        var inches = marked.Sum(record => record.Fields.Count(field => Inches().IsMatch(field.Text)));
        return marked.Find(record => record.Fields.Any(field =>
            field.Text.Contains('"') && !IsPaired(field.Text) && !(inches > 1 && !Inches().Replace(field.Text, "").Contains('"'))));
    }

    /// <summary>Each opening quote after a blank or bracket, each closing one before something that is not a letter or digit.</summary>
    private static bool IsPaired(string text)
    {
        var parts = text.Split('"');
        for (var i = 1; i < parts.Length; i++)
        {
            var (before, after) = (parts[i - 1], parts[i]);
            var fits = i % 2 == 1
                ? before.Length == 0 || before[^1] is ' ' or '(' or '[' or '-' or '/'
                : after.Length == 0 || !char.IsLetterOrDigit(after[0]);
            if (!fits)
            {
                return false;
            }
        }

        return parts.Length % 2 == 1;
    }

    [GeneratedRegex("""(?<![^\s(x×/])\d+([.,/]\d+)?"(?![^\s,;.)x×/])""")]
    private static partial Regex Inches();
}
