using System.Globalization;

namespace Etl.Loader.Survey.Delimited.Dialects;

/// <summary>Numbers that name columns: years that count up beside a text, over values that are no years.</summary>
internal static class NumberNames
{
    private const int Least = 3;

    public static bool Are(SampleRecord first, IReadOnlyList<SampleRecord> body)
    {
        var columns = Enumerable.Range(0, first.Fields.Count).Where(column => CellEvidence.IsTyped(first.Fields[column].Text)).ToList();
        var others = first.Fields.Where((_, column) => !columns.Contains(column)).ToList();
        if (columns.Count < Least || others.Count == 0 || others.Exists(field => field.Text.Length == 0) || first.Fields.Select(field => field.Text).Distinct().Count() < first.Fields.Count)
        {
            return false;
        }

        var years = columns.Select(column => Year(first.Fields[column].Text)).ToList();
        return years.TrueForAll(year => year > 0)
            && (years.Zip(years.Skip(1)).All(pair => pair.Second == pair.First + 1) || years.Zip(years.Skip(1)).All(pair => pair.Second == pair.First - 1))
            && !body.Any(record => columns.TrueForAll(column => Year(record.Fields[column].Text) > 0));
    }

    private static int Year(string text) =>
        text.Length == 4 && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var year) && year is >= 1500 and < 2200 ? year : 0;
}
