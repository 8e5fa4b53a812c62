using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using Etl.Loader.Fuzz.Oracle;
using Etl.Loader.Survey;

namespace Etl.Loader.Fuzz.Verdict;

/// <summary>What databases write for a value, brought into one form with what was meant. JSON is compared as a value: databases write it their own way.</summary>
internal static class StoredText
{
    public static string Show(object? meaning, TypeKind kind) => (meaning, kind) switch
    {
        (null, _) => "∅",
        (string json, TypeKind.Json) => Json(json),
        (double number, _) => number.ToString("R", CultureInfo.InvariantCulture),
        _ => string.Create(CultureInfo.InvariantCulture, $"{meaning}"),
    };

    public static string Read(string? stored, TypeKind kind)
    {
        if (stored is null)
        {
            return "∅";
        }

        var canonical = kind switch
        {
            TypeKind.Boolean => stored switch { "t" => "true", "f" => "false", _ => stored },
            TypeKind.TimestampTz => stored.EndsWith("+00", StringComparison.Ordinal) ? stored[..^3] + "Z" : stored,
            TypeKind.Float8 => stored switch { "nan" => "NaN", "inf" => "Infinity", "-inf" => "-Infinity", _ => stored },
            _ => stored,
        };
        return Meaning.Of(kind, canonical, new()) is { } meaning ? Show(meaning, kind) : $"'{stored}', which is no {kind}";
    }

    private static string Json(string text)
    {
        using var document = JsonDocument.Parse(text, new() { MaxDepth = 1000 });
        var canonical = new StringBuilder();
        Append(canonical, document.RootElement);
        return canonical.ToString();
    }

    private static void Append(StringBuilder text, JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                text.Append('{');
                foreach (var property in element.EnumerateObject().OrderBy(property => property.Name, StringComparer.Ordinal))
                {
                    text.Append('"').Append(property.Name).Append("\":");
                    Append(text, property.Value);
                    text.Append(',');
                }

                text.Append('}');
                break;
            case JsonValueKind.Array:
                text.Append('[');
                foreach (var item in element.EnumerateArray())
                {
                    Append(text, item);
                    text.Append(',');
                }

                text.Append(']');
                break;
            case JsonValueKind.Number:
                text.Append(Number(element.GetRawText()));
                break;
            default:
                text.Append(element.ValueKind).Append(element.ValueKind == JsonValueKind.String ? element.GetString() : "");
                break;
        }
    }

    /// <summary>Exact, whatever the exponent: 1e3 is 1000.</summary>
    private static Oracle.Decimal Number(string token)
    {
        var parts = token.Split('e', 'E');
        var point = parts[0].IndexOf('.');
        var unscaled = BigInteger.Parse(parts[0].Replace(".", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
        var scale = (point < 0 ? 0 : parts[0].Length - point - 1) - (parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 0);
        return scale >= 0 ? Oracle.Decimal.Of(unscaled, scale) : Oracle.Decimal.Of(unscaled * BigInteger.Pow(10, -scale), 0);
    }
}
