using System.Globalization;

namespace Etl.Loader.Survey.Delimited.Dialects;

/// <summary>
/// Rows with a label in front that the header has no name for, as data frames are written. Where another name may be missing instead, all
/// names would stand over the wrong values: something has to show that none is.
/// </summary>
internal static class RowLabels
{
    /// <summary>The name of the column of labels.</summary>
    public const string Name = "column_1";

    /// <summary>So many rows that count up are numbered, and have no values that do so by chance.</summary>
    private const int Numbered = 4;

    private static readonly HashSet<string> Counters = new(StringComparer.OrdinalIgnoreCase)
    {
        "id", "no", "no.", "nr", "nr.", "number", "num", "index", "idx", "key", "row", "line", "seq", "sequence", "rank", "pos", "position", "place", "step", "n", "i", "x", "t", "time", "day",
        "month", "week", "year", "code", "level", "order", "zeile", "nummer", "lfd", "lfd nr", "rang", "platz", "tag", "monat", "jahr", "count", "item", "question", "group", "cluster", "class", "version", "page",
    };

    /// <param name="rows">The header, and rows of one field more.</param>
    public static bool Are(IReadOnlyList<SampleRecord> rows, string delimiter)
    {
        var header = rows[0].Fields;
        var body = rows.Skip(1).ToList();
        if (body.Count < 2 || header.Count < 2 || rows[0].Damaged || !body.TrueForAll(record => record.Fields.Count == header.Count + 1 && !record.Damaged)
            || header.Any(field => field.Text.Trim().Length == 0 || CellEvidence.IsTyped(field.Text))
            || header.Select(field => field.Text).Distinct(StringComparer.OrdinalIgnoreCase).Count() < header.Count)
        {
            return false;
        }

        var labels = body.Select(record => record.Fields[0].Text).ToList();
        if (labels.Exists(label => label.Trim().Length == 0) || labels.Distinct(StringComparer.Ordinal).Count() < labels.Count || body.TrueForAll(record => record.Fields[^1].Text.Length == 0))
        {
            return false;
        }

        var shifted = Enumerable.Range(0, header.Count).Select(column => NameFit.Of(header[column].Text, body, column + 1)).ToList();
        var unshifted = Enumerable.Range(0, header.Count).Select(column => NameFit.Of(header[column].Text, body, column)).ToList();
        if (shifted.Exists(fit => fit < 0))
        {
            return false;
        }

        // The first name says of the labels what they are not, so that it is none of theirs.
        var moved = unshifted[0] < 0;
        if (CountUp(labels))
        {
            return IsQuoted(rows) || (!IsCounter(header[0].Text) && (moved
                || (labels.Count >= Numbered && (AreAlike(header) || delimiter is " " or "\t" || header.Any(field => IsDotted(field.Text))))));
        }

        return !labels.Exists(CellEvidence.IsTyped)
            && Enumerable.Range(1, header.Count).All(column => HeaderEvidence.IsTyped(body, column))
            && !NameEvidence.IsKnown(header[0].Text) && unshifted[0] <= 0
            && (moved || IsQuoted(rows) || AreAlike(header) || delimiter == " ");
    }

    /// <summary>Also where a delimiter behind it was lost: <c>idname</c>.</summary>
    private static bool IsCounter(string name) =>
        Counters.Contains(name.Trim().Replace('_', ' ')) || Counters.Any(counter => counter.Length > 1 && name.StartsWith(counter, StringComparison.OrdinalIgnoreCase));

    /// <summary>As R writes names: <c>Sepal.Length</c>.</summary>
    private static bool IsDotted(string name) => name.Contains('.') && !name.Contains(' ') && char.IsLetter(name[0]) && char.IsLetterOrDigit(name[^1]);

    private static bool CountUp(List<string> labels) =>
        int.TryParse(labels[0], NumberStyles.None, CultureInfo.InvariantCulture, out var first) && first is 0 or 1
        && labels.Select((label, i) => label == (first + i).ToString(CultureInfo.InvariantCulture)).All(same => same);

    /// <summary>Names and labels are quoted, numbers are not.</summary>
    private static bool IsQuoted(IReadOnlyList<SampleRecord> rows) =>
        rows[0].Fields.All(field => field.Quoted) && rows.Skip(1).All(record => record.Fields[0].Quoted)
        && rows.Skip(1).Any(record => record.Fields.Skip(1).Any(field => !field.Quoted && field.Text.Length > 0));

    /// <summary>All names are of one series (<c>S1</c>, <c>S2</c>), so that none of them is the labels'.</summary>
    private static bool AreAlike(IReadOnlyList<SampleField> header) =>
        header.Count > 1 && header.Select(field => CellEvidence.Shape(field.Text)).Distinct().Take(2).ToList() is [var only] && only.Contains('9');
}
