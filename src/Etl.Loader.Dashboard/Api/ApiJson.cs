using System.Text.Json;
using System.Text.Json.Serialization;

namespace Etl.Loader.Dashboard.Api;

/// <summary>How loads look in JSON, from the API and from the verbs' <c>--json</c> alike: names as in the view <c>etl_loader.load_status</c>.</summary>
internal static class ApiJson
{
    private static readonly JsonSerializerOptions Indented = Configure(new JsonSerializerOptions { WriteIndented = true });

    /// <summary>What <c>--json</c> prints: for people to read, too.</summary>
    public static string Text(object value) => JsonSerializer.Serialize(value, Indented);

    public static JsonSerializerOptions Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        options.Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        options.Converters.Add(new LoadIdConverter());
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower));
        return options;
    }

    private sealed class LoadIdConverter : JsonConverter<LoadId>
    {
        public override LoadId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            LoadId.TryParse(reader.GetString(), out var id) ? id : throw new JsonException("A load id is a UUID with hyphens.");

        public override void Write(Utf8JsonWriter writer, LoadId value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
    }
}
