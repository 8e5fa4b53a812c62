using System.Text.Json;
using System.Text.Json.Serialization;

namespace Etl.Loader.Ledger;

/// <summary>How a <see cref="LoadSpec"/> is in the ledger: camel case, words for enumerations, unknown members of newer versions ignored.</summary>
internal static class LedgerJson
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>For an attempt's log.</summary>
    public static JsonSerializerOptions Log => Options;

    public static string Write(LoadSpec spec) => JsonSerializer.Serialize(spec, Options);

    public static LoadSpec ReadSpec(string json) => JsonSerializer.Deserialize<LoadSpec>(json, Options)
        ?? throw new InvalidDataException("The ledger holds 'null' where a load's spec should be.");
}
