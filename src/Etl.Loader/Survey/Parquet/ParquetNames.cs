namespace Etl.Loader.Survey.Parquet;

/// <summary>
/// The names of a file's columns as they are in it. DuckDB ignores case and numbers the ones that it then takes for equal, in order of appearance:
/// by its names two columns would exchange their places with their order.
/// </summary>
internal static class ParquetNames
{
    /// <summary>For <see cref="Of"/>; <c>@file</c> is a literal.</summary>
    public const string Elements = "SELECT name, CAST(coalesce(num_children, 0) AS BIGINT) FROM parquet_schema(@file)";

    /// <param name="elements">Name and count of children of each element, the root first, as the file has them.</param>
    /// <param name="read">The names that DuckDB gives.</param>
    public static IReadOnlyList<string> Of(IReadOnlyList<(string Name, long Children)> elements, IReadOnlyList<string> read)
    {
        var names = new List<string>();
        for (var at = 1; at < elements.Count; at = Behind(elements, at))
        {
            names.Add(elements[at].Name);
        }

        // Names that are equal to the letter are distinguished by DuckDB's numbers.
        return names.Count == read.Count && names.Distinct(StringComparer.Ordinal).Count() == names.Count ? names : read;
    }

    /// <summary>Where the element behind this one, and behind all that is in it, stands.</summary>
    private static int Behind(IReadOnlyList<(string Name, long Children)> elements, int at)
    {
        var open = 1L;
        for (; open > 0 && at < elements.Count; at++)
        {
            open += elements[at].Children - 1;
        }

        return at;
    }
}
