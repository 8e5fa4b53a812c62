using Etl.Loader.Survey.Types;

namespace Etl.Loader.Survey.Delimited.Dialects;

/// <summary>
/// Columns of numbers and dates that were filled up with blanks: nearly all values begin with one, or end with one, or all are equally long. A blank at one
/// value among many is no such thing, and makes it a text.
/// </summary>
internal static class PaddedCells
{
    private const int LeastRows = 3;

    /// <summary>So many show it also where they are equally long without their blanks.</summary>
    private const int ManyRows = 5;

    /// <returns>The columns; null: there are none.</returns>
    public static IReadOnlyList<int>? Columns(IReadOnlyList<SampleRecord> body, int columns)
    {
        var padded = Enumerable.Range(0, columns).Select(column => (Column: column, Cells: Cells(body, column))).Where(entry => IsPadded(entry.Cells)).ToList();
        return padded.Exists(entry => entry.Cells.Count >= ManyRows || entry.Cells.Select(text => text.Trim(' ').Length).Distinct().Count() > 1)
            ? [.. padded.Select(entry => entry.Column)]
            : null;
    }

    private static List<string> Cells(IReadOnlyList<SampleRecord> body, int column) =>
        [.. body.Select(record => record.Fields[column]).Where(field => field is { Quoted: false, Text.Length: > 0 }).Select(field => field.Text)];

    private static bool IsPadded(List<string> cells)
    {
        var typed = cells.Where(text => CellEvidence.KindOf(text.Trim(' ')) is not (TypeKind.Text or TypeKind.Boolean or TypeKind.Uuid)).ToList();
        if (typed.Count < LeastRows || typed.Count * 4 < cells.Count * 3)
        {
            return false;
        }

        var (before, behind) = (typed.Count(text => text[0] == ' '), typed.Count(text => text[^1] == ' '));
        return before * 10 >= typed.Count * 9 || behind * 10 >= typed.Count * 9
            || (before + behind > 0 && (before == 0 || behind == 0) && cells.TrueForAll(text => text.Length == cells[0].Length));
    }
}
