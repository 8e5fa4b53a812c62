namespace Etl.Loader.Survey.Delimited.Dialects;

/// <summary>
/// Rows that all end before the header does: nothing was written of the last columns, or the header alone ends in a delimiter. The names must
/// fit the values where they stand, so that nothing is missing before the end.
/// </summary>
internal static class MissingEnds
{
    /// <returns>How many columns at the end no row has; 0: it is not so, or not clear.</returns>
    public static int Count(IReadOnlyList<SampleRecord> rows)
    {
        var header = rows[0].Fields;
        if (rows.Count < 3 || rows[0].Damaged)
        {
            return 0;
        }

        var width = rows[1].Fields.Count;
        var body = rows.Skip(1).ToList();
        var missing = header.Count - width;
        if (missing < 1 || width < 2 || missing * 2 > header.Count || !body.TrueForAll(record => record.Fields.Count == width && !record.Damaged)
            || header.Take(width).Any(field => field.Text.Length == 0 || CellEvidence.IsTyped(field.Text))
            || header.Select(field => field.Text).Distinct(StringComparer.OrdinalIgnoreCase).Count() < header.Count)
        {
            return 0;
        }

        var fits = Enumerable.Range(0, width).Select(column => NameFit.Of(header[column].Text, body, column)).ToList();
        return !fits.Exists(fit => fit < 0) && (header.Skip(width).All(field => field.Text.Length == 0) || (fits[^1] > 0 && IsOtherKind(header, body, width))) ? missing : 0;
    }

    /// <summary>The last values would not fit under the first name that has none.</summary>
    private static bool IsOtherKind(IReadOnlyList<SampleField> header, List<SampleRecord> body, int width) =>
        NameFit.Of(header[width].Text, body, width - 1) <= 0;
}
