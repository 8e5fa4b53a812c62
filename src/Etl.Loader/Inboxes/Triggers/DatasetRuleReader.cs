using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration;

namespace Etl.Loader.Inboxes.Triggers;

/// <summary>Reads <c>Loader:Inboxes:&lt;name&gt;:Datasets</c>. The rules have the trigger's keys, and so its checks and its messages.</summary>
internal static class DatasetRuleReader
{
    private static readonly string[] RuleKeys = ["Match", "due", "shrink"];

    public static IReadOnlyList<DatasetRule> Read(IConfigurationSection datasets, ICollection<ConfigurationFault> faults)
    {
        var rules = new List<DatasetRule>();
        foreach (var section in datasets.GetChildren())
        {
            var found = new List<string>();
            if (ReadRule(section, found) is { } rule)
            {
                rules.Add(rule);
            }

            foreach (var fault in found)
            {
                faults.Add(new(section.Path, $"is not a valid rule: {fault}"));
            }
        }

        return rules;
    }

    private static DatasetRule? ReadRule(IConfigurationSection section, List<string> faults)
    {
        using var document = JsonDocument.Parse(ToJson(section)?.ToJsonString() ?? "null");
        var settings = ManifestReader.ReadRule(document.RootElement, RuleKeys, faults, out var rule);
        var match = rule?.Text("Match", "a pattern like \"orders-*.csv\"", t => !string.IsNullOrWhiteSpace(t) && !t.Any(char.IsControl));
        DueTime? due = null;
        decimal? shrink = null;
        _ = rule?.Text("due", "a time and a zone like \"06:00 Europe/Zurich\"", text => TryReadDue(text, out due));
        _ = rule?.Text("shrink", "a percentage from \"0%\" to \"100%\"", text => TryReadShrink(text, out shrink));
        if (match is null && rule is not null && !faults.Any(f => f.StartsWith("\"Match\"", StringComparison.Ordinal)))
        {
            faults.Add("\"Match\" is missing; expected a pattern like \"orders-*.csv\"");
        }

        return faults.Count == 0 ? new DatasetRule(match!, settings, due, shrink) : null;
    }

    /// <summary>Configuration is flat text; children numbered from 0 are a list, other children an object.</summary>
    private static JsonNode? ToJson(IConfigurationSection section)
    {
        var children = section.GetChildren().ToList();
        if (children.Count == 0)
        {
            return section.Value is null ? null : JsonValue.Create(section.Value);
        }

        if (children.All(c => int.TryParse(c.Key, NumberStyles.None, CultureInfo.InvariantCulture, out _)))
        {
            return new JsonArray([.. children.Select(ToJson)]);
        }

        var node = new JsonObject();
        foreach (var child in children)
        {
            node[child.Key] = ToJson(child);
        }

        return node;
    }

    private static bool TryReadDue(string text, out DueTime? due)
    {
        due = null;
        var parts = text.Split(' ', 2, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length == 0 || !TimeOnly.TryParseExact(parts[0], "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var at))
        {
            return false;
        }

        var zone = TimeZoneInfo.Utc;
        if (parts.Length == 2 && !TimeZoneInfo.TryFindSystemTimeZoneById(parts[1], out zone))
        {
            return false;
        }

        due = new DueTime(at, zone);
        return true;
    }

    private static bool TryReadShrink(string text, out decimal? shrink)
    {
        shrink = null;
        if (!text.EndsWith('%')
            || !decimal.TryParse(text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent)
            || percent > 100)
        {
            return false;
        }

        shrink = percent / 100;
        return true;
    }
}
