namespace Etl.Loader.Survey.Parquet;

/// <summary>The columns of one file, and what DuckDB would change in them if it were asked to read them.</summary>
internal static class ParquetSchema
{
    /// <summary>The widest decimal that DuckDB holds; a wider one it reads as a double.</summary>
    private const int MaxPrecision = 38;

    public static IReadOnlyList<ParquetColumn> Read(ParquetSession session, SourceFile file, ICollection<string> notes, CancellationToken token)
    {
        var elements = session.Query($"SELECT name, type, logical_type, precision FROM parquet_schema({session.Path})", token);
        foreach (var element in elements)
        {
            Verify(file, (string)element[0]!, element[1] as string, element[2]?.ToString(), Convert.ToInt32(element[3], null), notes);
        }

        var described = session.Query(session.Described, token);
        var tree = session.Query(ParquetNames.Elements.Replace("@file", session.Path, StringComparison.Ordinal), token);
        var names = ParquetNames.Of([.. tree.Select(e => ((string)e[0]!, (long)e[1]!))], [.. described.Select(row => (string)row[0]!)]);
        ColumnLimits.Check(file.Name, names);
        if (described.FindIndex(row => (string)row[1]! == "VARIANT") is var variant and >= 0)
        {
            throw VariantOf(file, names[variant]);
        }

        return [.. described.Select((row, number) => ParquetColumn.Of(names[number], (string)row[1]!, number))];
    }

    private static DatasetException VariantOf(SourceFile file, string name) => new(
        $"{file.Name}: column {name} is a VARIANT, whose typed values no column can hold.",
        "Write it as JSON text (Spark: to_json(column)) or as columns of their own, and deliver it again.",
        file.Name,
        column: name);

    private static void Verify(SourceFile file, string name, string? type, string? logicalType, int precision, ICollection<string> notes)
    {
        if (precision > MaxPrecision)
        {
            throw new DatasetException(
                $"{file.Name}: column {name} is a decimal of {precision} digits; more than {MaxPrecision} cannot be read exactly.",
                "Write it as a string or with fewer digits.",
                file.Name,
                column: name);
        }

        if (logicalType?.Contains("Variant", StringComparison.OrdinalIgnoreCase) == true)
        {
            throw VariantOf(file, name);
        }

        if (logicalType is not null
            && logicalType.Contains("TimestampType(isAdjustedToUTC=1", StringComparison.Ordinal)
            && logicalType.Contains("NANOS=NanoSeconds", StringComparison.Ordinal))
        {
            throw new DatasetException(
                $"{file.Name}: column {name} is a timestamp in UTC with nanoseconds, which would be cut to microseconds.",
                "Write microseconds (pandas: to_parquet(..., coerce_timestamps='us')) or nanoseconds without zone.",
                file.Name,
                column: name);
        }

        if (type == "INT96")
        {
            notes.Add($"{name} is an INT96 timestamp, read as UTC without a zone");
        }
    }
}
