using System.Text.Json;
using System.Text.Json.Serialization;
using Etl.Loader.Ledger;
using Etl.Loader.Survey;
using Etl.Loader.Survey.Types;
using Etl.Loader.Targets;

namespace Etl.Loader.Loads;

/// <summary>The JSON forms of surveys and receipts: what markers contain, what the ledger keeps and what people read.</summary>
internal static class ReceiptDetails
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    private static readonly JsonSerializerOptions Indented = new(Options) { WriteIndented = true };

    /// <summary>How names and types came about, and what was noted on the way.</summary>
    /// <param name="tableRows">What the table has with this load: its own rows and, of an append, those before.</param>
    /// <param name="before">Columns of the table that are not of this load, and decide the names of later ones.</param>
    /// <param name="changes">How the table's columns are changed by it.</param>
    public static string Describe(
        DatasetSurvey survey,
        IReadOnlyList<TargetColumn> columns,
        long tableRows,
        IReadOnlyList<KnownColumn>? before = null,
        IReadOnlyList<ColumnChange>? changes = null) => JsonSerializer.Serialize(
        new
        {
            TableRows = tableRows,
            Columns = columns.Select(c => new
            {
                Source = c.SourceName,
                c.Name,
                Type = ColumnTypes.Format(c.Type),
                Proven = ColumnTypes.Format(survey.Columns[c.Ordinal].Type),
                survey.Columns[c.Ordinal].Nulls,
                survey.Columns[c.Ordinal].Excluded,
            }),
            // As in the file, where not all of them are loaded.
            Header = columns.Count == survey.Columns.Count ? null : survey.Columns.Select(c => c.Name),
            EarlierColumns = before is { Count: > 0 } ? before.Select(k => new { k.Source, k.Name }) : null,
            SchemaChanged = changes is { Count: > 0 } ? changes : null,
            survey.Format,
            Files = survey.Files.Select(f => new { f.Path, f.Bytes, f.Rows, f.Sha256, Dialect = Describe(f.Dialect) }),
            survey.Notes,
        },
        Options);

    /// <summary>The load that the receipt proves, as far as it shows: enough for history, and for a reload while the files are still there.</summary>
    public static PublishedLoad Published(LoadReceipt receipt, ILoadTarget target)
    {
        var point = receipt.TableName.IndexOf('.', StringComparison.Ordinal);
        var spec = new LoadSpec
        {
            Inbox = receipt.Inbox,
            Dataset = receipt.Dataset,
            Target = target.Name,
            TableSchema = receipt.TableName[..point],
            TableName = receipt.TableName[(point + 1)..],
            TableNamed = true,
            Mode = receipt.Mode == "append" ? LoadMode.Append : LoadMode.Replace,
            Files = Files(receipt),
        };
        return new PublishedLoad(
            receipt.LoadId, spec, receipt.Sequence, receipt.AcceptedAt, receipt.StartedAt, receipt.PublishedAt, receipt.RowsLoaded, receipt.RowsRejected,
            ToJson(receipt));
    }

    private static IReadOnlyList<DataFile> Files(LoadReceipt receipt)
    {
        using var details = JsonDocument.Parse(receipt.Details);
        return details.RootElement.TryGetProperty("files", out var files)
            ? [.. files.EnumerateArray().Select(f => new DataFile(f.GetProperty("path").GetString()!, f.GetProperty("bytes").GetInt64(), receipt.AcceptedAt))]
            : [new DataFile(receipt.Dataset, receipt.Bytes, receipt.AcceptedAt)];
    }

    /// <summary>Rows of the table as the receipt has them: a replace's own, with the appends since.</summary>
    public static long TableRows(LoadReceipt receipt)
    {
        using var details = JsonDocument.Parse(receipt.Details);
        return details.RootElement.TryGetProperty("table_rows", out var rows) && rows.TryGetInt64(out var count) ? count : receipt.RowsLoaded;
    }

    /// <summary>Rows that the table will have when so many are published.</summary>
    public static long TableRows(LoadSpec spec, ExistingTable? existing, long loaded) =>
        loaded + (spec.Mode == LoadMode.Append && existing?.LastReceipt is { } last ? TableRows(last) : 0);

    /// <summary>
    /// How the table's last load was written: null where no one loaded it, the receipt is of another format, or the appends of several producers go
    /// into one table.
    /// </summary>
    public static KnownDialect? KnownDialect(LoadSpec spec, ExistingTable? existing)
    {
        if (existing?.LastReceipt is not { } last || (spec.Mode == LoadMode.Append && (last.Inbox, last.Dataset) != (spec.Inbox, spec.Dataset)))
        {
            return null;
        }

        using var details = JsonDocument.Parse(last.Details);
        if (!details.RootElement.TryGetProperty("files", out var files) || files is not { ValueKind: JsonValueKind.Array } || files.GetArrayLength() == 0
            || !files[0].TryGetProperty("dialect", out var dialect) || dialect.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        return new KnownDialect(
            Text("delimiter"),
            Text("quote") is [var quote, ..] ? quote : '\0',
            Text("escape") is [var escape, ..] ? escape : '\0',
            dialect.GetProperty("header").GetBoolean(),
            details.RootElement.TryGetProperty("header", out var header)
                ? [.. header.EnumerateArray().Select(name => name.GetString()!)]
                : [.. details.RootElement.GetProperty("columns").EnumerateArray().Select(c => c.GetProperty("source").GetString()!)]);

        string Text(string key) => dialect.TryGetProperty(key, out var value) ? value.GetString() ?? "" : "";
    }

    /// <summary>What there is none of is left out: a NUL, which stands for "none" in our own type, is not text that a database takes.</summary>
    private static object? Describe(Dialect? dialect) => dialect is null
        ? null
        : new
        {
            dialect.Delimiter,
            Quote = dialect.Quote == '\0' ? null : dialect.Quote.ToString(),
            Escape = dialect.Escape == '\0' ? null : dialect.Escape.ToString(),
            dialect.Encoding,
            dialect.Header,
            dialect.Skip,
            dialect.Nulls,
            Decimal = dialect.Decimal.ToString(),
            dialect.DateFormat,
            dialect.TimestampFormat,
            dialect.Compression,
            dialect.Pad,
            dialect.Trailing,
            dialect.Comments,
            dialect.End,
        };

    /// <summary>The receipt as people and tools read it: in <c>X.loaded</c>, in the ledger and on the pages.</summary>
    public static string ToJson(LoadReceipt receipt)
    {
        using var details = JsonDocument.Parse(receipt.Details);
        return JsonSerializer.Serialize(
            new
            {
                LoadId = receipt.LoadId.ToString(),
                Status = "loaded",
                receipt.Inbox,
                receipt.Dataset,
                receipt.TableName,
                receipt.Mode,
                receipt.RowsLoaded,
                receipt.RowsRejected,
                receipt.Bytes,
                receipt.Sha256,
                receipt.AcceptedAt,
                receipt.StartedAt,
                receipt.PublishedAt,
                Details = details.RootElement,
            },
            Indented);
    }

    public static string Keep(DatasetSurvey survey) => JsonSerializer.Serialize(survey, Options);

    /// <summary>The kept survey if it describes exactly these files; null when there is none or the dataset is another by now.</summary>
    public static DatasetSurvey? Recall(string? survey, LoadSpec spec)
    {
        if (survey is null || JsonSerializer.Deserialize<DatasetSurvey>(survey, Options) is not { } kept)
        {
            return null;
        }

        var same = kept.Files.Select(f => (f.Path, f.Bytes)).SequenceEqual(spec.Files.Select(f => (f.Path, f.Bytes)));
        return same ? kept : null;
    }
}
