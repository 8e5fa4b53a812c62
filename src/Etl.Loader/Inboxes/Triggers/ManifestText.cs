using System.Text.Json;
using System.Text.Json.Nodes;
using Etl.Loader.Ledger;

namespace Etl.Loader.Inboxes.Triggers;

/// <summary>The JSON of a trigger that we write ourselves; <see cref="ManifestReader"/> reads it back.</summary>
internal static class ManifestText
{
    private static readonly JsonSerializerOptions Options = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Keys for what the manifest says of files, target, table, appending and expectation.</summary>
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

        if (manifest.Expect is { } expect)
        {
            json["expect"] = new JsonObject { ["bytes"] = expect.Bytes, ["sha256"] = expect.Sha256 };
        }

        return json.ToJsonString(Options);
    }
}
