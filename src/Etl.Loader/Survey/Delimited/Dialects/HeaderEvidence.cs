using Etl.Loader.Survey.Types;

namespace Etl.Loader.Survey.Delimited.Dialects;

/// <summary>Whether the first record names the columns. Loading a header as a row, or a row as a header, are both wrong tables.</summary>
internal static class HeaderEvidence
{
    /// <returns>Null: it is not clear.</returns>
    public static bool? Decide(IReadOnlyList<SampleRecord> table)
    {
        var first = table[0];
        var body = table.Skip(1).Where(record => record.Fields.Count == first.Fields.Count && !record.Damaged).ToList();
        if (body.Count == 0)
        {
            return Alone(first);
        }

        int names = 0, values = 0, years = 0, nameless = 0, usual = 0;
        for (var column = 0; column < first.Fields.Count; column++)
        {
            var head = first.Fields[column];
            var typedBody = IsTyped(body, column);
            nameless += head.Text.Length == 0 && body.Exists(record => record.Fields[column].Text.Length > 0) ? 1 : 0;
            if (head.Text.Length == 0 || CellEvidence.IsNullWord(head.Text))
            {
                continue;
            }

            var typedHead = CellEvidence.IsTyped(head.Text.Trim(' '));
            usual += !typedHead && !typedBody && NameEvidence.IsKnown(head.Text) ? 1 : 0;
            names += typedBody && !typedHead ? 1 : 0;
            values += typedBody && typedHead ? 1 : 0;
            years += typedHead && head.Text is ['1' or '2', _, _, _] && CellEvidence.KindOf(head.Text) == TypeKind.BigInt ? 1 : 0;
        }

        if (names > 0 && values == 0 && years == 0)
        {
            // A title over groups of columns, or a remark beside an empty field, leaves most columns without a name.
            return nameless < 2 || nameless * 2 < first.Fields.Count ? true : null;
        }

        if (values > 0)
        {
            // A usual name beside numbers: they may be names as well.
            return NumberNames.Are(first, body) ? true : names == 0 && years < values && usual == 0 ? false : null;
        }

        return NameEvidence.Weigh(first, body) switch
        {
            > 0 when nameless < 2 || nameless * 2 < first.Fields.Count => true,
            < 0 => false,
            _ => null,
        };
    }

    /// <summary>Most cells of the column are numbers, dates or similar: a few may belong to lines that are not rows.</summary>
    public static bool IsTyped(IReadOnlyList<SampleRecord> body, int column)
    {
        int typed = 0, cells = 0;
        foreach (var record in body)
        {
            var text = record.Fields[column].Text.Trim(' ');
            if (text.Length > 0 && !text.Contains('\0') && !CellEvidence.IsNullWord(text))
            {
                cells++;
                typed += CellEvidence.IsTyped(text) ? 1 : 0;
            }
        }

        return cells > 0 && typed * 4 >= cells * 3;
    }

    /// <summary>The record for people, divided as in the file.</summary>
    public static string Shown(SampleRecord record)
    {
        var text = string.Join(DialectText.Shown(record.Delimiter), record.Fields.Select(field => field.Text));
        return text.Length <= 100 ? text : text[..100] + "…";
    }

    public static DatasetException Unclear(string file, SampleRecord record) => new(
        $"{file}: it is not clear whether line {record.Line} ('{Shown(record)}') names the columns or is a row of data.",
        "Write \"dialect\": {\"header\": true} or \"dialect\": {\"header\": false} in the trigger.",
        file,
        record.Line)
    {
        Choices =
        [
            new($"line {record.Line} names the columns", new() { Header = true }),
            new($"line {record.Line} is a row", new() { Header = false }),
        ],
    };

    private static bool? Alone(SampleRecord only)
    {
        var texts = only.Fields.Select(field => field.Text.Trim()).ToList();
        var typed = texts.Count(text => text.Length > 0 && CellEvidence.IsTyped(text));
        if (typed > 0 || only.Damaged)
        {
            return typed * 2 >= only.Fields.Count && !only.Damaged ? false : null;
        }

        // Nothing is beside it: it must be names on its own.
        var distinct = texts.TrueForAll(text => text.Length > 0 && !text.Contains('"')) && texts.Distinct(StringComparer.OrdinalIgnoreCase).Count() == texts.Count;
        return distinct && (NameEvidence.Known(only) > 0 || texts.TrueForAll(NameEvidence.IsWrittenAsName)) ? true : null;
    }
}
