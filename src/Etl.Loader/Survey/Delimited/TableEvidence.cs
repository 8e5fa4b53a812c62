namespace Etl.Loader.Survey.Delimited;

/// <summary>
/// What the proof of the types tells about the table itself: a line that turned a column of numbers into text, and is the header again
/// or a sum, is no row. Loading it would end well with a wrong table.
/// </summary>
internal static class TableEvidence
{
    private static readonly string[] Sums = ["total", "totals", "grand total", "subtotal", "sum", "summe", "gesamt", "gesamtsumme", "somme", "suma", "totale", "average", "mean"];

    public static DatasetException RepeatedHeader(string file, long line, string? column) => new(
        $"{file}: line {line} repeats the header; there seems to be more than one table in it.",
        "Deliver each table as a file of its own, or write \"types\": \"text\" and \"dialect\": {\"header\": true} in the trigger if the line is a row.",
        file,
        line,
        column);

    public static void Check(IReadOnlyList<SourceFile> files, IReadOnlyList<SurveyedColumn> columns)
    {
        foreach (var column in columns)
        {
            if (column.Excluded is not { } excluded || column.Type.Kind != TypeKind.Text)
            {
                continue;
            }

            var file = files.Count == 1 ? files[0].Name : "one of the files";
            if (excluded.Value == column.Name)
            {
                throw RepeatedHeader(file, excluded.Line, column.Name);
            }

            if (Sums.Contains(excluded.Value.Trim(' ', ':', '=').ToLowerInvariant()))
            {
                throw new DatasetException(
                    $"{file}: line {excluded.Line} ('{excluded.Value}' in {column.Name}) looks like a sum over the rows, not like a row.",
                    "Deliver the file without it, or write \"types\": \"text\" in the trigger if the line is a row.",
                    files.Count == 1 ? files[0].Name : null,
                    excluded.Line,
                    column.Name);
            }
        }
    }
}
