using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;

namespace Etl.Loader.App.Configuration;

/// <summary>
/// Whether what is written for a key is a value of its type, more strictly than the binder reads it: to the binder <c>30</c> is thirty days, <c>0x10</c> a
/// number, <c>7</c> a kind of target, and a single value for a list nothing at all. No text is quoted that may be a secret.
/// </summary>
internal static partial class SettingText
{
    private static readonly string[] Secrets = ["ConnectionString", "PasswordHash", "Hash", "Secret", "ClientSecret", "Url"];

    public static IEnumerable<ConfigurationFault> FindFaults(IConfigurationSection section, Type options)
    {
        if (section.Value is { Length: > 0 })
        {
            return [new(section.Path, $"has a value itself; expected keys below it, such as {section.Path}:{ConfigurationShape.Keys(options).Keys.First()}")];
        }

        var keys = ConfigurationShape.Keys(options);
        return section.GetChildren().Where(setting => keys.ContainsKey(setting.Key))
            .SelectMany(setting => keys[setting.Key] is { } type ? OfSetting(setting, type) : OfSection(setting));
    }

    /// <summary>A list, whatever its values.</summary>
    public static IEnumerable<ConfigurationFault> OfList(IConfigurationSection setting, Type element)
    {
        if (setting.Value is { Length: > 0 } single && !setting.GetChildren().Any())
        {
            return [new(setting.Path, $"is {Quoted(setting.Key, single)}, a single value; expected a list: {setting.Path}:0")];
        }

        return setting.GetChildren().SelectMany(item => !item.Key.All(char.IsAsciiDigit)
            ? [new ConfigurationFault(item.Path, $"is not a list index; expected {setting.Path}:0")]
            : element == typeof(string) && string.IsNullOrWhiteSpace(item.Value) && !item.GetChildren().Any()
                ? [new ConfigurationFault(item.Path, "is empty; give it a value, or leave it out of the list")]
                : OfValue(item, element));
    }

    private static IEnumerable<ConfigurationFault> OfSetting(IConfigurationSection setting, Type type)
    {
        if (Element(type) is { } element)
        {
            return OfList(setting, element);
        }

        return IsValue(type) ? OfValue(setting, type) : OfSection(setting);
    }

    /// <summary>Its keys are looked at on their own.</summary>
    private static IEnumerable<ConfigurationFault> OfSection(IConfigurationSection setting) => setting.Value is { Length: > 0 }
        ? [new(setting.Path, "has a value itself; expected keys below it")]
        : [];

    private static IEnumerable<ConfigurationFault> OfValue(IConfigurationSection setting, Type type)
    {
        if (setting.GetChildren().Any())
        {
            return [new(setting.Path, "has keys below it; expected a single value")];
        }

        if (setting.Value is not { } text)
        {
            return [new(setting.Path, "is null; give it a value, or leave the key out")];
        }

        return Expected(type, text) is { } expected ? [new(setting.Path, $"is {Quoted(setting.Key, text)}; {expected}")] : [];
    }

    /// <summary>Null where the text is a value of the type.</summary>
    private static string? Expected(Type type, string text)
    {
        if (Nullable.GetUnderlyingType(type) is { } inner)
        {
            return text.Length == 0 ? null : Expected(inner, text);
        }

        if (type == typeof(TimeSpan))
        {
            return text == "0" || (Times().IsMatch(text) && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out _))
                ? null
                : "expected a duration as hours:minutes:seconds, such as 00:00:30, or with leading days, such as 1.00:00:00";
        }

        if (type == typeof(int) || type == typeof(long))
        {
            return type == typeof(int) ? NumberExpected<int>(text) : NumberExpected<long>(text);
        }

        if (type == typeof(bool))
        {
            return bool.TryParse(text, out _) ? null : "expected true or false";
        }

        if (type.IsEnum)
        {
            return Enum.GetNames(type).Contains(text, StringComparer.OrdinalIgnoreCase) ? null : $"expected {string.Join(" or ", Enum.GetNames(type))}";
        }

        return text.Any(char.IsControl) ? "expected text without control characters" : null;
    }

    private static string? NumberExpected<T>(string text)
        where T : System.Numerics.IBinaryInteger<T>, System.Numerics.IMinMaxValue<T> =>
        T.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) ? null : $"expected a whole number up to {T.MaxValue}";

    private static bool IsValue(Type type) =>
        (Nullable.GetUnderlyingType(type) ?? type) is { } plain
        && (plain.IsEnum || plain == typeof(string) || plain == typeof(TimeSpan) || plain == typeof(int) || plain == typeof(long) || plain == typeof(bool));

    private static Type? Element(Type type) => type.IsArray
        ? type.GetElementType()
        : type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IList<>) ? type.GetGenericArguments()[0] : null;

    private static string Quoted(string key, string text) => Secrets.Contains(key, StringComparer.OrdinalIgnoreCase)
        ? "not a valid value"
        : $"'{(text.Length > 100 ? text[..100] + "…" : text).ReplaceControls()}'";

    private static string ReplaceControls(this string text) => string.Concat(text.Select(c => char.IsControl(c) ? '\uFFFD' : c));

    [GeneratedRegex(@"^-?([0-9]{1,8}\.)?([01]?[0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,7})?$")]
    private static partial Regex Times();
}
