namespace Etl.Loader.Targets.DuckDb.Staging;

/// <summary>
/// A cast that fails where DuckDB's own would round, cut or saturate: the result, cast back, must be the value. Costs a comparison per
/// value, and only where types differ.
/// </summary>
internal static class ExactCast
{
    /// <param name="value">An expression of type <paramref name="from"/>.</param>
    /// <param name="column">For the message.</param>
    public static string Make(string value, string from, string to, string column) =>
        $"""
        CASE WHEN {value} IS NULL THEN NULL
        WHEN TRY_CAST(TRY_CAST({value} AS {to}) AS {from}) IS NOT DISTINCT FROM {value} THEN CAST({value} AS {to})
        ELSE CAST(error(concat({Identifiers.Literal($"column '{column}': ")}, '''', left(CAST({value} AS VARCHAR), 100), {Identifiers.Literal($"' does not fit {to} without loss")})) AS {to}) END
        """;
}
