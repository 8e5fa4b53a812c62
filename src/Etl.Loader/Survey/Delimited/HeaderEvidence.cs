namespace Etl.Loader.Survey.Delimited;

/// <summary>Whether the first record names the columns. Loading a header as a row, or a row as a header, are both wrong tables.</summary>
internal static class HeaderEvidence
{
    public static bool Decide(string file, IReadOnlyList<SampleRecord> table, bool afterPreamble)
    {
        var first = table[0];
        var body = table.Skip(1).Where(record => record.Fields.Count == first.Fields.Count).ToList();
        if (body.Count == 0)
        {
            return Alone(file, first);
        }

        int names = 0, values = 0, years = 0;
        for (var column = 0; column < first.Fields.Count; column++)
        {
            var head = first.Fields[column];
            var cells = body.Select(record => record.Fields[column]).Where(field => field.Text.Length > 0 && !CellEvidence.IsNullWord(field.Text)).ToList();
            var typedBody = cells.Count > 0 && cells.TrueForAll(field => CellEvidence.IsTyped(field.Text));
            if (head.Text.Length == 0 || CellEvidence.IsNullWord(head.Text))
            {
                continue;
            }

            var typedHead = CellEvidence.IsTyped(head.Text);
            names += typedBody && !typedHead ? 1 : 0;
            values += typedHead ? 1 : 0;
            years += typedHead && head.Text is ['1' or '2', _, _, _] && CellEvidence.KindOf(head.Text) == TypeKind.BigInt ? 1 : 0;
        }

        if (values == 0)
        {
            return names > 0 || afterPreamble || AllTexts(first, body);
        }

        if (names == 0 && years < values)
        {
            return false;
        }

        throw new DatasetException(
            $"{file}: whether line {first.Line} ('{Shown(first)}') names the columns or is a row of data is not clear.",
            "Write \"dialect\": {\"header\": true} or {\"header\": false} in the trigger.",
            file,
            first.Line);
    }

    /// <summary>Nothing but texts, so that only the convention is left: files have a header, and its names are distinct and not values.</summary>
    private static bool AllTexts(SampleRecord first, List<SampleRecord> body)
    {
        for (var column = 0; column < first.Fields.Count; column++)
        {
            var head = first.Fields[column].Text;
            if (head.Length == 0 || head.Length > 200 || body.Exists(record => record.Fields[column].Text == head))
            {
                return false;
            }
        }

        return first.Fields.Select(field => field.Text).Distinct(StringComparer.OrdinalIgnoreCase).Count() == first.Fields.Count;
    }

    private static bool Alone(string file, SampleRecord only)
    {
        var typed = only.Fields.Count(field => field.Text.Length > 0 && CellEvidence.IsTyped(field.Text));
        if (typed == 0)
        {
            return true;
        }

        return typed * 2 >= only.Fields.Count ? false : throw new DatasetException(
            $"{file}: whether its only line ('{Shown(only)}') names the columns or is a row of data is not clear.",
            "Write \"dialect\": {\"header\": true} or {\"header\": false} in the trigger.",
            file,
            only.Line);
    }

    private static string Shown(SampleRecord record)
    {
        var text = string.Join(',', record.Fields.Select(field => field.Text));
        return text.Length <= 100 ? text : text[..100] + "…";
    }
}
