namespace Etl.Loader.Survey.Delimited.Dialects;

/// <summary>The names of the columns out of the record that has them, in every reading alike.</summary>
internal static class HeaderNames
{
    public static IReadOnlyList<string> Of(IReadOnlyList<SampleField> header, Dialect dialect)
    {
        var names = header.Select(field => Invisible.Without(field.Text)).Skip(dialect.Marked ? 1 : 0);
        names = dialect.Labels ? names.Prepend(RowLabels.Name) : names;
        return [.. names.SkipLast((dialect.Trailing || dialect.Ended) && header[^1].Text.Length == 0 ? 1 : 0)];
    }
}
