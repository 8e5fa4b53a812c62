using System.Globalization;
using Etl.Loader.Survey;
using Etl.Loader.Survey.Parquet;

namespace Etl.Loader.Targets.DuckDb.Staging;

/// <summary>Parquet by DuckDB's own reader; every column is named and cast, and a cast that would change a value fails.</summary>
internal static class NativeParquet
{
    private const string Options = "hive_partitioning = false, union_by_name = false, filename = false";

    /// <summary>The statement for one file, or for a chunk of it; looks the file's columns up first.</summary>
    public static string Insert(Session session, StageRequest request, TableName staging, string file, string name, Chunk? chunk)
    {
        var literal = Identifiers.Literal(file);
        var found = session.Query($"DESCRIBE SELECT * FROM read_parquet({literal}, {Options})", r => (Name: r.GetString(0), Type: r.GetString(1)));
        var tree = session.Query(ParquetNames.Elements.Replace("@file", literal, StringComparison.Ordinal), r => (r.GetString(0), r.GetInt64(1)));
        var names = ParquetNames.Of(tree, [.. found.Select(f => f.Name)]).ToList();
        var byPosition = request.Survey.Files.Count == 1 && found.Count == request.Survey.Columns.Count;
        var values = request.Columns.Select(column =>
        {
            var index = byPosition ? column.Ordinal : names.IndexOf(column.SourceName);
            return index >= 0
                ? Value(column, found[index].Name, found[index].Type)
                : throw new DatasetException(
                    $"{name} has no column '{column.SourceName}'; it has: {string.Join(", ", names)}.",
                    "Deliver files with the same columns, or as separate datasets.",
                    file: name,
                    column: column.SourceName);
        });
        var source = chunk is null
            ? $"read_parquet({literal}, {Options})"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"read_parquet({literal}, {Options}, file_row_number = true) WHERE file_row_number >= {chunk.FirstRow} AND file_row_number < {chunk.FirstRow + chunk.Rows}");
        return $"INSERT INTO {Identifiers.Quote(staging)} SELECT {string.Join(", ", values)} FROM {source}";
    }

    private static string Value(TargetColumn column, string name, string type)
    {
        var value = Identifiers.Quote(name);
        var wanted = Types.Declare(column.Type);
        if (type == wanted && column.Type is not { Kind: TypeKind.Text, Precision: > 0 })
        {
            return value;
        }

        if (wanted == "JSON")
        {
            return type == "VARCHAR" ? $"CAST({value} AS JSON)" : $"to_json({value})";
        }

        if (column.Type is { Kind: TypeKind.Text, Precision: > 0 and var most })
        {
            var text = Text(value, type);
            return string.Create(
                CultureInfo.InvariantCulture,
                $"CASE WHEN length({text}) <= {most} OR {text} IS NULL THEN {text} ELSE error(concat({Identifiers.Literal($"column '{column.SourceName}': ")}, left({text}, 100), ' is longer than varchar({most})')) END");
        }

        return wanted == "VARCHAR" ? Text(value, type) : ExactCast.Make(value, type, wanted, column.SourceName);
    }

    /// <summary>The same text that the reader of records gives, so that a table does not depend on the way its rows took.</summary>
    private static string Text(string value, string type)
    {
        if (type.EndsWith(']') || type.StartsWith("STRUCT(", StringComparison.Ordinal) || type.StartsWith("MAP(", StringComparison.Ordinal))
        {
            return $"CAST(to_json({value}) AS VARCHAR)";
        }

        return type switch
        {
            "BLOB" => $"'\\x' || lower(hex({value}))",
            "FLOAT" or "DOUBLE" => $"CASE WHEN isnan({value}) THEN 'NaN' WHEN isinf({value}) THEN if({value} > 0, 'Infinity', '-Infinity') "
                + $"ELSE CAST(CAST({value} AS DOUBLE) AS VARCHAR) END",
            _ => $"CAST({value} AS VARCHAR)",
        };
    }
}
