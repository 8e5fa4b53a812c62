using Etl.Loader.Survey.Delimited.Dialects;

namespace Etl.Loader.Survey.Delimited.Evidence;

/// <summary>
/// What the proof of the types shows about the table itself: a line that turned columns of numbers into text, and is the header again, the
/// header of another table or a sum, is not a row. Loading it would end well with a wrong table.
/// </summary>
internal static class TableEvidence
{
    private const string RowHint = "or write \"types\": \"text\" in the trigger if the line is a row.";

    /// <summary>Up to here columns of texts may have begun with numbers by chance.</summary>
    private const int FirstLines = 5;

    private static readonly string[] Sums =
        ["total", "totals", "grand total", "subtotal", "sub total", "sum", "summe", "gesamt", "gesamtsumme", "total général", "grand total:", "итого", "всего", "合计", "总计", "合計", "総計", "합계", "celkem", "összesen", "toplam", "yhteensä", "summa", "totalt", "i alt", "somme", "suma", "totale", "totaal", "razem", "average", "mean"];

    public static bool IsSum(string text) => Sums.Contains(text.Trim(' ', ':', '=').ToLowerInvariant());

    /// <summary>A text that is not a value as it occurs among numbers and dates.</summary>
    public static bool IsName(string text) => text.Any(char.IsLetter) && !CellEvidence.IsTyped(text) && !CellEvidence.IsNullWord(text) && !IsSum(text);

    public static DatasetException RepeatedHeader(string file, long line, string? column) => new(
        $"{file}: line {line} repeats the header; there seems to be more than one table in it.",
        $"Deliver each table as its own file, {RowHint}",
        file,
        line,
        column);

    public static DatasetException OtherTable(string file, long line, string shown) => new(
        $"{file}: line {line} ('{shown}') has names where the lines before have values; another table seems to begin there.",
        $"Deliver each table as its own file, {RowHint}",
        file,
        line);

    public static DatasetException Gap(string file, long? line) => new(
        $"{file}: {(line is null ? "blank lines divide" : $"the blank line {line} divides")} it into parts; there may be more than one table in it.",
        "Deliver each table as its own file, or write \"types\": \"text\" in the trigger if the blank lines mean nothing.",
        file,
        line);

    public static DatasetException Sum(string file, long line, string shown, string? column) => new(
        $"{file}: line {line} ('{shown}') looks like a total, not like a row.",
        $"Deliver the file without it, {RowHint}",
        file,
        line,
        column);

    public static void Check(IReadOnlyList<SourceFile> files, IReadOnlyList<SurveyedColumn> columns)
    {
        var file = files.Count == 1 ? files[0].Name : "one of the files";
        var turned = columns.Where(column => column is { Type.Kind: TypeKind.Text, Excluded: not null }).ToList();
        foreach (var column in turned)
        {
            if (column.Excluded!.Value == column.Name)
            {
                throw RepeatedHeader(file, column.Excluded.Line, column.Name);
            }

            if (Invisible.HidesValue(column.Excluded.Value))
            {
                throw Invisible.Refusal(file, column.Excluded.Line, column.Excluded.Value, column.Name);
            }

            if (IsSum(column.Excluded.Value))
            {
                throw Sum(file, column.Excluded.Line, $"{column.Excluded.Value} in {column.Name}", column.Name);
            }
        }

        // Values up to one line in several columns, and names in all of them there: the header of another table.
        var together = turned.Where(column => IsName(column.Excluded!.Value)).GroupBy(column => column.Excluded!.Line)
            .FirstOrDefault(group => group.Count() > 1 && group.Key > FirstLines);
        if (together is not null)
        {
            throw OtherTable(file, together.Key, string.Join(',', together.Select(column => column.Excluded!.Value)));
        }
    }
}
