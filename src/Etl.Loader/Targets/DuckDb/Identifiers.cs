namespace Etl.Loader.Targets.DuckDb;

/// <summary>The only way for names and texts into DuckDB statements where parameters are not taken.</summary>
internal static class Identifiers
{
    public static string Quote(string identifier)
    {
        if (identifier.Length == 0 || identifier.Contains('\0', StringComparison.Ordinal))
        {
            throw new ArgumentException($"'{identifier}' is not an identifier: it is empty or contains a NUL character.", nameof(identifier));
        }

        return "\"" + identifier.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
    }

    public static string Quote(TableName table) => Quote(table.Schema) + "." + Quote(table.Name);

    public static string Literal(string text)
    {
        if (text.Contains('\0', StringComparison.Ordinal))
        {
            throw new ArgumentException("A text literal cannot contain a NUL character.", nameof(text));
        }

        return "'" + text.Replace("'", "''", StringComparison.Ordinal) + "'";
    }

    /// <summary>The load's staging table: in the destination schema, since DuckDB cannot move tables between schemas.</summary>
    public static TableName Staging(TableName table, LoadId load) => new(table.Schema, StagingName(load));

    /// <summary>What the name of every staging table begins with.</summary>
    public const string StagingPrefix = "__etl_";

    public static string StagingName(LoadId load) => StagingPrefix + load;
}
