namespace Etl.Loader.Survey.Delimited;

/// <summary>Whether the first record names the columns. Loading a header as a row, or a row as a header, are both wrong tables.</summary>
internal static class HeaderEvidence
{
    /// <param name="afterPreamble">True: lines before the table were left out, so that the header must be plain to see.</param>
    public static bool Decide(string file, IReadOnlyList<SampleRecord> table, bool afterPreamble)
    {
        var first = table[0];
        var body = table.Skip(1).Where(record => record.Fields.Count == first.Fields.Count).ToList();
        if (body.Count == 0)
        {
            return Alone(file, first);
        }

        RefuseSecondHeader(file, body);
        RefuseRepeatedHeader(file, first, body);
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
            return names > 0 || (!afterPreamble && AllTexts(file, first, body));
        }

        if (names == 0 && years < values)
        {
            return false;
        }

        throw Unclear(file, first);
    }

    /// <summary>Texts over numbers in line 1 and again in line 2 (units, a second language): neither a row nor names.</summary>
    private static void RefuseSecondHeader(string file, List<SampleRecord> body)
    {
        var second = body[0];
        if (body.Count < 3 || second.Fields.Any(field => field.Text.Length > 0 && (CellEvidence.IsTyped(field.Text) || CellEvidence.IsNullWord(field.Text))))
        {
            return;
        }

        for (var column = 0; column < second.Fields.Count; column++)
        {
            var below = body.Skip(1).Select(record => record.Fields[column].Text).Where(text => text.Length > 0).ToList();
            if (second.Fields[column].Text.Length > 0 && below.Count > 1 && below.TrueForAll(CellEvidence.IsTyped))
            {
                throw new DatasetException(
                    $"{file}: line {second.Line} ('{Shown(second)}') looks like a second header line.",
                    $"Write \"dialect\": {{\"skip\": {second.Line - 1}}} in the trigger to take it as the header, or remove it.",
                    file,
                    second.Line);
            }
        }
    }

    /// <summary>The first record again, among numbers: the header of a second table.</summary>
    private static void RefuseRepeatedHeader(string file, SampleRecord first, List<SampleRecord> body)
    {
        var again = body.Find(record => record.Fields.SequenceEqual(first.Fields));
        if (again is null || first.Fields.Any(field => CellEvidence.IsTyped(field.Text)))
        {
            return;
        }

        for (var column = 0; column < first.Fields.Count; column++)
        {
            var others = body.Select(record => record.Fields[column].Text).Where(text => text.Length > 0 && text != first.Fields[column].Text).ToList();
            if (others.Count > 0 && others.TrueForAll(CellEvidence.IsTyped))
            {
                throw TableEvidence.RepeatedHeader(file, again.Line, null);
            }
        }
    }

    /// <summary>
    /// Nothing but texts, so that only the convention is left: files have a header, and its names are distinct and not values. Where
    /// the first record is written like all others (codes, addresses), not even that.
    /// </summary>
    private static bool AllTexts(string file, SampleRecord first, List<SampleRecord> body)
    {
        for (var column = 0; column < first.Fields.Count; column++)
        {
            var head = first.Fields[column].Text;
            if (head.AsSpan().IndexOfAnyInRange('0', '9') >= 0 && body.TrueForAll(record => CellEvidence.Shape(record.Fields[column].Text) == CellEvidence.Shape(head)))
            {
                throw Unclear(file, first);
            }

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

        return typed * 2 >= only.Fields.Count ? false : throw Unclear(file, only);
    }

    private static DatasetException Unclear(string file, SampleRecord record) => new(
        $"{file}: whether line {record.Line} ('{Shown(record)}') names the columns or is a row of data is not clear.",
        "Write \"dialect\": {\"header\": true} or {\"header\": false} in the trigger.",
        file,
        record.Line);

    private static string Shown(SampleRecord record)
    {
        var text = string.Join(',', record.Fields.Select(field => field.Text));
        return text.Length <= 100 ? text : text[..100] + "…";
    }
}
