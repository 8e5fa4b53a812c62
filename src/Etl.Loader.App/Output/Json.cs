using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Etl.Loader.App.Output;

/// <summary>What <c>--json</c> prints: names as in the view <c>etl_loader.load_status</c>, words for states, times in ISO 8601.</summary>
internal static class Json
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DictionaryKeyPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
        Converters = { new LoadIdConverter(), new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    public static void Write(TextWriter writer, object value) => writer.WriteLine(JsonSerializer.Serialize(value, Options));

    private sealed class LoadIdConverter : JsonConverter<LoadId>
    {
        public override LoadId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            LoadId.TryParse(reader.GetString(), out var id) ? id : throw new JsonException("A load id is a UUID with hyphens.");

        public override void Write(Utf8JsonWriter writer, LoadId value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
    }
}
