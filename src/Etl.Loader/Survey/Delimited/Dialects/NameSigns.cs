namespace Etl.Loader.Survey.Delimited.Dialects;

/// <summary>What shows that the first line of a table of texts has names over it: it is written in another way than every cell.</summary>
internal static class NameSigns
{
    private const int LeastRows = 3;

    /// <summary>Cells from here on are told, not named.</summary>
    private const int LongText = 20;

    /// <returns>How many signs there are.</returns>
    public static int Count(SampleRecord first, IReadOnlyList<SampleRecord> body)
    {
        var heads = first.Fields.Select(field => field.Text.Trim()).ToList();
        if (body.Count < LeastRows || heads.Exists(text => text.Length is 0 or > 40) || heads.Distinct(StringComparer.OrdinalIgnoreCase).Count() < heads.Count)
        {
            return 0;
        }

        return (heads.Count > 1 && IsOtherCase(heads, body) ? 2 : 0) + Enumerable.Range(0, heads.Count).Count(column => IsOverLongTexts(heads[column], body, column));
    }

    /// <summary>Capitals over words, or small letters over words that all begin with a capital.</summary>
    private static bool IsOtherCase(List<string> heads, IReadOnlyList<SampleRecord> body)
    {
        var cells = body.SelectMany(record => record.Fields).Select(field => field.Text.Trim()).Where(text => text.Any(HasCase)).ToList();
        return cells.Count >= heads.Count * LeastRows && heads.TrueForAll(text => text.Count(HasCase) > 1)
            && ((heads.TrueForAll(IsUpper) && !cells.Exists(IsUpper)) || (heads.TrueForAll(IsLower) && cells.TrueForAll(text => char.IsUpper(text[0]))));
    }

    private static bool IsOverLongTexts(string head, IReadOnlyList<SampleRecord> body, int column)
    {
        var cells = body.Select(record => record.Fields[column].Text.Trim()).Where(text => text.Length > 0).ToList();
        return cells.Count > LeastRows && cells.Min(text => text.Length) is var shortest && shortest >= LongText && head.Length * 2 < shortest
            && head.AsSpan().Count(' ') < 3 && char.IsLetterOrDigit(head[^1]) && cells.TrueForAll(text => text.AsSpan().Count(' ') >= 2);
    }

    private static bool IsUpper(string text) => text.Any(HasCase) && !text.Any(char.IsLower);

    private static bool IsLower(string text) => char.IsLower(text[0]) && !text.Any(char.IsUpper);

    private static bool HasCase(char c) => char.IsUpper(c) || char.IsLower(c);
}
