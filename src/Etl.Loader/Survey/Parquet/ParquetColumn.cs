using System.Globalization;
using System.Text.RegularExpressions;

namespace Etl.Loader.Survey.Parquet;

/// <summary>
/// A column of a Parquet file: which type its values have for us, what every value must fulfil for that, and how DuckDB writes them as
/// canonical text.
/// </summary>
internal sealed partial record ParquetColumn
{
    private const string Nul = "chr(0)";

    public required string Name { get; init; }

    /// <summary>What the column becomes if no value is against it.</summary>
    public required ColumnType Type { get; init; }

    /// <summary>An SQL expression of canonical text, over the column's place name.</summary>
    public required string Text { get; init; }

    /// <summary>An SQL condition of values that <see cref="Type"/> cannot hold: one of them makes the column text. Null: there are none.</summary>
    public string? Misfit { get; init; }

    /// <summary>The expression when the column is text because of misfits.</summary>
    public required string TextOfMisfits { get; init; }

    /// <summary>An SQL condition of values that no column can hold. Null: there are none.</summary>
    public string? Unusable { get; init; }

    /// <summary>How values are handed over that need no more than to be written down.</summary>
    public VectorForm Native { get; init; }

    /// <summary>No value is written in more bytes; 0: the values' lengths have to be looked at.</summary>
    public int MaxBytes { get; init; }

    /// <param name="type">As DuckDB describes it.</param>
    public static ParquetColumn Of(string name, string type, int number)
    {
        var c = string.Create(CultureInfo.InvariantCulture, $"c{number}");
        var plain = $"CAST({c} AS VARCHAR)";
        var column = new ParquetColumn { Name = name, Type = ColumnType.Text, Text = plain, TextOfMisfits = plain };
        if (DecimalType().Match(type) is { Success: true } match)
        {
            var precision = int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
            var scale = int.Parse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture);
            return column with
            {
                Type = new(TypeKind.Numeric, precision, scale),
                MaxBytes = precision + 3,
                Native = VectorForm.Decimal(precision, scale),
                Misfit = Beyond(c, precision, scale),
            };
        }

        if (type.EndsWith(']') || type.StartsWith("STRUCT(", StringComparison.Ordinal) || type.StartsWith("MAP(", StringComparison.Ordinal))
        {
            var json = $"CAST(to_json({c}) AS VARCHAR)";
            return column with { Type = new(TypeKind.Json), Text = json, TextOfMisfits = json };
        }

        return type switch
        {
            "TINYINT" => Integer(column, 1),
            "SMALLINT" => Integer(column, 2),
            "INTEGER" => Integer(column, 4),
            "BIGINT" => Integer(column, 8),
            "UTINYINT" or "USMALLINT" or "UINTEGER" => column with { Type = new(TypeKind.BigInt), MaxBytes = 20 },
            "UBIGINT" => column with { Type = new(TypeKind.Numeric, 20, 0), MaxBytes = 20 },
            "HUGEINT" or "UHUGEINT" => column with { Type = new(TypeKind.Numeric, 39, 0), MaxBytes = 40 },

            // A float is written as the double of the same value: 0.1 as a float is 0.10000000149011612.
            "FLOAT" or "DOUBLE" => column with { Type = new(TypeKind.Float8), MaxBytes = 24, Text = FloatText(c), TextOfMisfits = FloatText(c) },
            "BOOLEAN" => column with { Type = new(TypeKind.Boolean), MaxBytes = 5 },
            "UUID" => column with { Type = new(TypeKind.Uuid), MaxBytes = 36 },
            "BLOB" => column with { Type = new(TypeKind.Bytes), Text = $"'\\x' || lower(hex({c}))", TextOfMisfits = $"'\\x' || lower(hex({c}))" },
            "JSON" => column with { Type = new(TypeKind.Json), Unusable = $"contains({plain}, {Nul})" },
            "DATE" => column with { Type = new(TypeKind.Date), MaxBytes = 10, Misfit = OutOf(c, "DATE", ""), Native = new(VectorKind.Date, 4) },
            "TIME" => column with { Type = new(TypeKind.Time), MaxBytes = 15, Misfit = $"NOT ({c} >= TIME '00:00:00' AND {c} < TIME '24:00:00')" },
            "TIMESTAMP" or "TIMESTAMP_S" or "TIMESTAMP_MS" =>
                column with { Type = new(TypeKind.Timestamp), MaxBytes = 26, Misfit = OutOf(c, "TIMESTAMP", " 00:00:00") },
            "TIMESTAMP_NS" => column with
            {
                Type = new(TypeKind.Timestamp),
                MaxBytes = 26,
                Text = $"CAST(CAST({c} AS TIMESTAMP) AS VARCHAR)",
                Misfit = $"NOT isfinite({c}) OR epoch_ns({c}) % 1000 <> 0",
            },
            "TIMESTAMP WITH TIME ZONE" => column with
            {
                Type = new(TypeKind.TimestampTz),
                MaxBytes = 27,
                Text = $"CAST(make_timestamp(epoch_us({c})) AS VARCHAR) || 'Z'",
                Misfit = OutOf(c, "TIMESTAMPTZ", " 00:00:00+00"),
            },
            "VARCHAR" => column with { Text = c, TextOfMisfits = c, Unusable = $"contains({c}, {Nul})" },
            _ => column with { Unusable = $"contains({plain}, {Nul})" },
        };
    }

    /// <summary>The expression for a column whose final type is <paramref name="final"/>, and the form in which it hands the values over.</summary>
    public (string Sql, VectorForm Form) As(ColumnType final, int number) => final.Kind switch
    {
        TypeKind.Timestamp when Type.Kind == TypeKind.Date =>
            (string.Create(CultureInfo.InvariantCulture, $"CAST(CAST(c{number} AS TIMESTAMP) AS VARCHAR)"), default),
        TypeKind.Text => (TextOfMisfits, default),
        _ when Native.Kind != VectorKind.Text => (string.Create(CultureInfo.InvariantCulture, $"c{number}"), Native),
        _ => (Text, default),
    };

    /// <summary>Decimals are kept in integers, which may hold more digits than the type says.</summary>
    private static string Beyond(string c, int precision, int scale)
    {
        var most = (precision > scale ? new string('9', precision - scale) : "0") + (scale > 0 ? "." + new string('9', scale) : "");
        return $"NOT ({c} BETWEEN CAST('-{most}' AS DECIMAL({precision},{scale})) AND CAST('{most}' AS DECIMAL({precision},{scale})))";
    }

    private static ParquetColumn Integer(ParquetColumn column, int bytes) =>
        column with { Type = new(TypeKind.BigInt), MaxBytes = 20, Native = new(VectorKind.Number, bytes) };

    private static string FloatText(string c) =>
        $"CASE WHEN isnan({c}) THEN 'NaN' WHEN isinf({c}) THEN CASE WHEN {c} > 0 THEN 'Infinity' ELSE '-Infinity' END "
        + $"ELSE CAST(CAST({c} AS DOUBLE) AS VARCHAR) END";

    /// <summary>Years 1 to 9999 are those that every reader of ISO dates knows; infinity is beyond them too.</summary>
    private static string OutOf(string c, string type, string midnight) =>
        $"NOT ({c} >= {type} '0001-01-01{midnight}' AND {c} < {type} '10000-01-01{midnight}')";

    [GeneratedRegex(@"^DECIMAL\((\d+),(\d+)\)$")]
    private static partial Regex DecimalType();
}
