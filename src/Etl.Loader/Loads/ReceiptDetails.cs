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
    public static string Describe(DatasetSurvey survey, IReadOnlyList<TargetColumn> columns) => JsonSerializer.Serialize(
        new
        {
            Columns = columns.Select(c => new
            {
                Source = c.SourceName,
                c.Name,
                Type = ColumnTypes.Format(c.Type),
                Proven = ColumnTypes.Format(survey.Columns[c.Ordinal].Type),
                survey.Columns[c.Ordinal].Nulls,
                survey.Columns[c.Ordinal].Excluded,
            }),
            survey.Format,
            Files = survey.Files.Select(f => new { f.Path, f.Bytes, f.Rows, f.Sha256, Dialect = Describe(f.Dialect) }),
            survey.Notes,
        },
        Options);

    /// <summary>What there is none of is left out: a NUL, which stands for "none" in our own type, is no text that a database takes.</summary>
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
