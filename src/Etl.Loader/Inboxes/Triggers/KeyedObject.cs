using System.Globalization;
using System.Text.Json;

namespace Etl.Loader.Inboxes.Triggers;

/// <summary>
/// Reads the keys of one JSON object strictly: every fault is gathered with key, value and what was expected, so that a producer fixes a
/// manifest once. In a rule of the configuration all scalars are text and keys ignore case; there a number or a truth value is read from its text.
/// </summary>
internal sealed class KeyedObject
{
    /// <summary>A producer fixes so many at once; of a manifest of nothing but faults the rest is not reported.</summary>
    private const int MostFaults = 20;

    private readonly Dictionary<string, JsonElement> _values = new(StringComparer.Ordinal);
    private readonly string _path;
    private readonly bool _fromConfiguration;

    public KeyedObject(JsonElement element, string path, IReadOnlyList<string> known, bool fromConfiguration, IList<string> faults)
    {
        _path = path;
        _fromConfiguration = fromConfiguration;
        Faults = faults;
        var comparison = fromConfiguration ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        foreach (var (name, value) in Properties(element, path, faults))
        {
            if (faults.Count > MostFaults)
            {
                break;
            }

            var key = known.FirstOrDefault(k => k.Equals(name, comparison));
            if (key is null)
            {
                Add(faults, $"unknown key {Shown.Name(path + name)}; the nearest known one is \"{path}{Nearest.To(name, known)}\"");
            }
            else if (!_values.TryAdd(key, value))
            {
                Add(faults, $"key \"{path}{key}\" is given twice");
            }
        }
    }

    public IList<string> Faults { get; }

    public string? Text(string key, string expected, Func<string, bool>? valid = null)
    {
        if (!_values.TryGetValue(key, out var value))
        {
            return null;
        }

        if (TryText(value, out var text) && (valid is null || valid(text)))
        {
            return text;
        }

        Fault(key, value, expected);
        return null;
    }

    public bool? Truth(string key)
    {
        if (!_values.TryGetValue(key, out var value))
        {
            return null;
        }

        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return value.GetBoolean();
        }

        if (_fromConfiguration && TryText(value, out var text) && bool.TryParse(text, out var truth))
        {
            return truth;
        }

        Fault(key, value, "true or false");
        return null;
    }

    public long? Count(string key, long max = long.MaxValue)
    {
        if (!_values.TryGetValue(key, out var value))
        {
            return null;
        }

        if ((value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var count)
            || _fromConfiguration && TryText(value, out var text) && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count))
            && count >= 0 && count <= max)
        {
            return count;
        }

        Fault(key, value, max == long.MaxValue ? "a whole number, 0 or more" : $"a whole number, 0 to {max.ToString(CultureInfo.InvariantCulture)}");
        return null;
    }

    public T? OneOf<T>(string key, params (string Word, T Value)[] choices)
        where T : struct
    {
        var expected = string.Join(" or ", choices.Select(c => $"\"{c.Word}\""));
        var word = Text(key, expected, text => choices.Any(c => c.Word == text));
        return word is null ? null : choices.First(c => c.Word == word).Value;
    }

    public IReadOnlyList<string>? Texts(string key, string expected, Func<IReadOnlyList<string>, bool>? valid = null)
    {
        if (!_values.TryGetValue(key, out var value))
        {
            return null;
        }

        var texts = new List<string>();
        var sound = value.ValueKind == JsonValueKind.Array;
        if (sound)
        {
            foreach (var item in value.EnumerateArray())
            {
                sound &= TryText(item, out var text);
                texts.Add(text);
            }
        }

        if (sound && (valid is null || valid(texts)))
        {
            return texts;
        }

        Fault(key, value, expected);
        return null;
    }

    public IReadOnlyDictionary<string, string>? TextsByName(string key, string expected)
    {
        if (Element(key, expected) is not { } element)
        {
            return null;
        }

        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in Properties(element, $"{_path}{key}.", Faults))
        {
            if (Faults.Count > MostFaults)
            {
                break;
            }

            if (!TryText(value, out var text) || text.Length == 0)
            {
                Add(Faults, $"{Shown.Name($"{_path}{key}.{name}")} is {Describe(value)}; expected {expected}");
            }
            else if (!texts.TryAdd(name, text))
            {
                Add(Faults, $"{Shown.Name($"{_path}{key}.{name}")} is given twice");
            }
        }

        return texts;
    }

    public KeyedObject? Object(string key, params string[] known) => Element(key, $"an object with keys among {string.Join(", ", known)}") is { } element
        ? new KeyedObject(element, $"{_path}{key}.", known, _fromConfiguration, Faults)
        : null;

    private JsonElement? Element(string key, string expected)
    {
        if (!_values.TryGetValue(key, out var value))
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Object)
        {
            return value;
        }

        Fault(key, value, expected);
        return null;
    }

    private void Fault(string key, JsonElement value, string expected) => Add(Faults, $"\"{_path}{key}\" is {Describe(value)}; expected {expected}");

    private static void Add(IList<string> faults, string fault)
    {
        if (faults.Count <= MostFaults)
        {
            faults.Add(faults.Count < MostFaults ? fault : "there are more faults");
        }
    }

    private static IEnumerable<(string Name, JsonElement Value)> Properties(JsonElement element, string path, IList<string> faults)
    {
        foreach (var property in element.EnumerateObject())
        {
            if (TryName(property, out var name))
            {
                yield return (name, property.Value);
            }
            else
            {
                Add(faults, $"a key of \"{path.TrimEnd('.')}\" is not valid text");
            }
        }
    }

    private static bool TryName(JsonProperty property, out string name)
    {
        try
        {
            name = property.Name;
            return !name.Contains('\0', StringComparison.Ordinal);
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair: legal JSON, but no text that a database could hold.
            name = "";
            return false;
        }
    }

    private static bool TryText(JsonElement value, out string text)
    {
        text = "";
        if (value.ValueKind != JsonValueKind.String)
        {
            return false;
        }

        try
        {
            text = value.GetString()!;
            return !text.Contains('\0', StringComparison.Ordinal);
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static string Describe(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => TryText(value, out var text) ? Shown.Name(text) : "invalid text",
        JsonValueKind.Null => "null",
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        _ => Shown.Name(value.GetRawText()).Trim('\''),
    };
}
