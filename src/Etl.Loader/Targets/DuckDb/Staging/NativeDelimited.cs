using System.Globalization;
using Etl.Loader.Survey;
using Etl.Loader.Targets.DuckDb.Files;

namespace Etl.Loader.Targets.DuckDb.Staging;

/// <summary>
/// Delimited text by DuckDB's own parallel reader, with every option given and nothing left to its sniffer. Only for dialects that the
/// reader can express exactly; whether it saw the survey's records is counted afterwards, column by column.
/// </summary>
internal static class NativeDelimited
{
    /// <summary>DuckDB's default; a longer record goes the other way.</summary>
    private const int MaxRecordBytes = 2_000_000;

    /// <summary>
    /// Each thread holds several of these. DuckDB's default is 32 MB: the same speed for twice the process's memory (300 against 610 MB while it
    /// read 500 MB of CSV with two threads).
    /// </summary>
    private const int BufferBytes = 4 * MaxRecordBytes;

    /// <summary>Null where the reader fits; otherwise the reason why not.</summary>
    public static string? Unfit(StageRequest request)
    {
        var survey = request.Survey;
        if (request.RejectsMax > 0)
        {
            // DuckDB's reader takes some damaged records as they stand (a stray quote) and would load what the survey rejected.
            return "records may be rejected, and only our reader says which";
        }

        if (survey.Files is not [{ Dialect: { } dialect }])
        {
            return "several files, whose columns may stand in different orders";
        }

        if (!IsPlain(dialect))
        {
            return "the dialect has something that DuckDB's reader cannot be told exactly";
        }

        if (survey.Columns.Sum(c => (long)c.MaxBytes + 4) * 2 > MaxRecordBytes)
        {
            return "records may be longer than DuckDB's reader takes";
        }

        return request.Columns.All(c => IsExact(c, survey.Columns[c.Ordinal].Type)) ? null : "a column's type is not the proven one";
    }

    public static string Insert(StageRequest request, TableName staging, string file)
    {
        var survey = request.Survey;
        var dialect = survey.Files[0].Dialect!;
        var types = request.Columns.ToDictionary(c => c.Ordinal, c => DuckDbTypes.Declare(c.Type));
        var columns = survey.Columns.Select((_, i) => $"'{Source(i)}': {DuckDbNames.Literal(types.GetValueOrDefault(i, "VARCHAR"))}");
        var quote = dialect.Quote == '\0' ? "" : dialect.Quote.ToString();
        var escape = dialect.Quote == '\0' ? "" : dialect.Escape.ToString();
        return $"""
            INSERT INTO {DuckDbNames.Quote(staging)}
            SELECT {string.Join(", ", request.Columns.Select(c => Source(c.Ordinal)))}
            FROM read_csv({DuckDbNames.Literal(file)},
                auto_detect = false,
                columns = {'{'}{string.Join(", ", columns)}{'}'},
                header = {(dialect.Header ? "true" : "false")},
                skip = {dialect.Skip},
                delim = {DuckDbNames.Literal(dialect.Delimiter)},
                quote = {DuckDbNames.Literal(quote)},
                escape = {DuckDbNames.Literal(escape)},
                nullstr = [{string.Join(", ", dialect.Nulls.Select(DuckDbNames.Literal))}],
                allow_quoted_nulls = false,
                compression = {DuckDbNames.Literal(dialect.Compression)},
                encoding = 'utf-8',
                comment = '',
                decimal_separator = '.',
                strict_mode = true,
                null_padding = false,
                ignore_errors = false,
                normalize_names = false,
                parallel = true,
                max_line_size = {MaxRecordBytes},
                buffer_size = {BufferBytes},
                hive_partitioning = false,
                union_by_name = false,
                filename = false)
            """;
    }

    /// <summary>
    /// Null where rows and nulls of every column are the survey's; otherwise what differs. Of a committed table, whose statistics answer for the
    /// columns without nulls: in the inserting transaction every value would be read again.
    /// </summary>
    public static string? Difference(DuckDbSession session, StageRequest request, TableName staging)
    {
        var counts = string.Join(", ", request.Columns.Select(c => $"count({DuckDbNames.Quote(c.Name)})"));
        var found = session.Query(
            $"SELECT count(*), {counts} FROM {DuckDbNames.Quote(staging)}",
            r => Enumerable.Range(0, r.FieldCount).Select(r.GetInt64).ToArray())[0];
        if (found[0] != request.Survey.Rows)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{found[0]} records instead of {request.Survey.Rows}");
        }

        for (var i = 0; i < request.Columns.Count; i++)
        {
            var nulls = request.Survey.Columns[request.Columns[i].Ordinal].Nulls;
            if (found[0] - found[i + 1] != nulls)
            {
                return string.Create(CultureInfo.InvariantCulture, $"{found[0] - found[i + 1]} nulls in {request.Columns[i].Name} instead of {nulls}");
            }
        }

        return null;
    }

    private static string Source(int ordinal) => string.Create(CultureInfo.InvariantCulture, $"c{ordinal}");

    private static bool IsPlain(Dialect dialect) =>
        dialect is { Encoding: "utf-8", Decimal: '.', DateFormat: null, TimestampFormat: null, Pad: false, Trailing: false, Comments: false, End: null, Compression: "none" or "gzip" or "zstd" }
        && dialect.Delimiter is [var delimiter] && IsVisible(delimiter) && dialect.Delimiter[0] != dialect.Quote
        && (dialect.Quote == '\0' || (IsVisible(dialect.Quote) && IsVisible(dialect.Escape)))
        && dialect.Nulls.Contains("")
        && dialect.Nulls.All(n => !n.Contains(delimiter, StringComparison.Ordinal) && n.IndexOfAny(['\r', '\n', '\0', dialect.Quote]) < 0);

    private static bool IsVisible(char c) => c is '\t' or (>= ' ' and <= '~');

    /// <summary>DuckDB's casts round and trim; where the proof is of this very type there is nothing to round or trim.</summary>
    private static bool IsExact(TargetColumn column, ColumnType proven) =>
        DuckDbTypes.IsText(column.Type)
        || proven.Kind == TypeKind.Empty
        || (column.Type.Kind == proven.Kind && column.Type.Kind is not (TypeKind.Bytes or TypeKind.Float8)
            && (column.Type.Kind != TypeKind.Numeric || column.Type.Scale >= proven.Scale))
        || (column.Type.Kind == TypeKind.Numeric && proven.Kind == TypeKind.BigInt);
}
