using Etl.Loader.Survey.Delimited.Dialects;

namespace Etl.Loader.Survey.Delimited.Evidence;

/// <summary>
/// What the file's beginning shows of lines that are as wide as the table and yet no rows of it: a second header line, the header again,
/// another table.
/// </summary>
internal static class PartsEvidence
{
    /// <summary>So many gaps between rows are a way of writing; fewer divide a file into parts.</summary>
    private const int UsualGaps = 3;

    /// <summary>How many rows of such a kind may at most be expected in a table for one to be no row of it.</summary>
    private const double Unlikely = 0.1;

    /// <param name="table">From the header on; blank ones left out.</param>
    public static void Check(string file, IReadOnlyList<SampleRecord> table, IReadOnlyList<SampleRecord> all)
    {
        var first = table[0];
        var body = table.Skip(1).Where(record => record.Fields.Count == first.Fields.Count).ToList();
        RefuseGroups(file, first, body);
        RefuseSumAbove(file, body);
        var typed = Enumerable.Range(0, first.Fields.Count).Where(column => HeaderEvidence.IsTyped([.. body.Skip(1)], column)).ToList();
        if (body.Count < 3)
        {
            return;
        }

        if (typed.Count == 0)
        {
            RefuseGaps(file, table, all);
        }

        var shares = Enumerable.Range(0, first.Fields.Count).Select(column => Single(body, column, typed.Contains(column))).ToList();
        var blanks = all.Where(record => record.IsBlank).Select(record => record.Line).ToHashSet();
        foreach (var (record, place) in body.Select((record, i) => (record, i)))
        {
            var texts = typed.Count(column => TableEvidence.IsName(record.Fields[column].Text));
            var values = typed.Count(column => CellEvidence.IsTyped(record.Fields[column].Text));
            var known = place == 0 && typed.Count == 0 && NameEvidence.Known(record) >= 0.3;
            var alone = texts > 0 && (texts > 1 || place == 0 || first.Fields.Count == 1 || blanks.Contains(record.Line - 1));
            var footer = place == body.Count - 1 && record.Filled == 1 && first.Fields.Count > 1;
            if (values > 0 || footer || !(known || alone || IsUnlike(record, body.Count, shares, typed)))
            {
                continue;
            }

            throw record.Fields.SequenceEqual(first.Fields)
                ? TableEvidence.RepeatedHeader(file, record.Line, null)
                : place == 0 ? SecondHeader(file, record) : TableEvidence.OtherTable(file, record.Line, HeaderEvidence.Shown(record));
        }
    }

    /// <summary>The first line says the same of several columns, or names stand between it and the values: it names groups of columns.</summary>
    private static void RefuseGroups(string file, SampleRecord first, List<SampleRecord> body)
    {
        if (body is not [var second, ..] || first.Fields.Count < 2 || !second.Fields.All(field => TableEvidence.IsName(field.Text))
            || second.Fields.Select(field => field.Text).Distinct().Count() < second.Fields.Count)
        {
            return;
        }

        var repeats = first.Fields.Select(field => field.Text).Distinct().Count() * 2 <= first.Fields.Count;
        var values = body is [_, var third] ? Enumerable.Range(0, first.Fields.Count).Count(column => CellEvidence.IsTyped(third.Fields[column].Text)) : 0;
        if (repeats || values > 0)
        {
            throw SecondHeader(file, second);
        }
    }

    /// <summary>A sum stands above the rows of some reports.</summary>
    private static void RefuseSumAbove(string file, List<SampleRecord> body)
    {
        var sums = body.Where(record => record.Fields.Any(field => TableEvidence.IsSum(field.Text))).Take(2).ToList();
        if (body.Count > 2 && sums is [var only] && only == body[0])
        {
            throw TableEvidence.Sum(file, only.Line, HeaderEvidence.Shown(only), null);
        }
    }

    /// <summary>The values that occur once in a column, and how likely a row of the table has one of them.</summary>
    private static (HashSet<string> Values, double Share) Single(List<SampleRecord> body, int column, bool typed)
    {
        var cells = 0;
        HashSet<string> single = new(body.Count), twice = [];
        foreach (var record in body)
        {
            if (record.Fields[column].Text is { Length: > 0 } text)
            {
                cells++;
                if (!single.Add(text))
                {
                    twice.Add(text);
                }
            }
        }

        single.ExceptWith(twice);
        if (typed)
        {
            single.RemoveWhere(text => !TableEvidence.IsName(text));
        }

        return (single, cells == 0 ? 1 : Math.Min(1, (double)Math.Max(1, single.Count) / cells));
    }

    /// <summary>Nothing in the record occurs anywhere else, though the columns' values do: no row of this table is likely to be so.</summary>
    private static bool IsUnlike(SampleRecord record, int rows, List<(HashSet<string> Values, double Share)> shares, List<int> typed)
    {
        var (likely, rare) = ((double)rows, 0);
        for (var column = 0; column < shares.Count; column++)
        {
            var text = record.Fields[column].Text;
            if (text.Length == 0)
            {
                continue;
            }

            if (!shares[column].Values.Contains(text))
            {
                return false;
            }

            likely *= shares[column].Share;
            rare += shares[column].Share < 0.2 ? 1 : 0;
        }

        return likely < Unlikely && rare >= (typed.Count > 0 ? 2 : 3);
    }

    /// <summary>Among texts alone nothing but the gap shows that a second table begins.</summary>
    private static void RefuseGaps(string file, IReadOnlyList<SampleRecord> table, IReadOnlyList<SampleRecord> all)
    {
        var gaps = new List<int>();
        var (last, open) = (0, false);
        foreach (var record in all.Where(record => record.Line > table[0].Line))
        {
            if (open && !record.IsBlank && record.Fields.Count == table[0].Fields.Count && (record.Filled > 1 || record.Fields.Count == 1))
            {
                gaps.Add(last);
            }

            open = record.IsBlank;
            last = record.IsBlank ? record.Line : last;
        }

        if (gaps.Count is > 0 and < UsualGaps)
        {
            throw TableEvidence.Gap(file, gaps[0]);
        }
    }

    private static DatasetException SecondHeader(string file, SampleRecord record) => new(
        $"{file}: line {record.Line} ('{HeaderEvidence.Shown(record)}') looks like a second header line.",
        $"Write \"dialect\": {{\"skip\": {record.Line - 1}, \"header\": true}} in the trigger to take it as the header, or remove it.",
        file,
        record.Line)
    {
        Choices = [new($"line {record.Line} names the columns", new() { Skip = record.Line - 1, Header = true })],
    };
}
