using System.Text.Json;
using System.Text.Json.Nodes;
using Etl.Loader.Ledger;
using Etl.Loader.Survey;

namespace Etl.Loader.Inboxes.Triggers;

/// <summary>The JSON of a trigger that we write ourselves; <see cref="ManifestReader"/> reads it back.</summary>
internal static class ManifestText
{
    private static readonly JsonSerializerOptions Options = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Keys for what the manifest says of files, target, table, appending, dialect, expectation and its id.</summary>
    public static string Of(Manifest manifest)
    {
        var json = new JsonObject();
        if (manifest.Files is { } files)
        {
            json["files"] = new JsonArray([.. files.Select(f => (JsonNode)f)]);
        }

        if (manifest.Target is { } target)
        {
            json["target"] = target;
        }

        if (manifest.Table is { } table)
        {
            json["table"] = table;
        }

        if (manifest.Mode == LoadMode.Append)
        {
            json["mode"] = "append";
        }

        if (manifest.Dialect is { } dialect)
        {
            json["dialect"] = Json(dialect);
        }

        if (manifest.Expect is { } expect)
        {
            json["expect"] = new JsonObject { ["bytes"] = expect.Bytes, ["sha256"] = expect.Sha256 };
        }

        if (manifest.Id is { } id)
        {
            json["id"] = id;
        }

        return json.ToJsonString(Options);
    }

    /// <summary>As the value of <c>"dialect"</c>.</summary>
    public static string Of(DialectSpec dialect) => Json(dialect).ToJsonString(Options);

    private static JsonObject Json(DialectSpec dialect)
    {
        var json = new JsonObject();
        foreach (var (key, value) in (ReadOnlySpan<(string, JsonNode?)>)
        [
            ("delimiter", dialect.Delimiter), ("quote", dialect.Quote), ("escape", dialect.Escape), ("encoding", dialect.Encoding),
            ("header", dialect.Header), ("skip", dialect.Skip),
            ("null", dialect.Null is null ? null : new JsonArray([.. dialect.Null.Select(n => (JsonNode)n)])),
            ("decimal", dialect.Decimal), ("date", dialect.Date), ("timestamp", dialect.Timestamp),
        ])
        {
            if (value is not null)
            {
                json[key] = value;
            }
        }

        return json;
    }
}
