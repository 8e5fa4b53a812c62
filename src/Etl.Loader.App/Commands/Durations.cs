using System.CommandLine.Parsing;
using System.Globalization;

namespace Etl.Loader.App.Commands;

/// <summary>Times as people type them: 90s, 10m, 2h, 1d; a bare number means seconds.</summary>
internal static class Durations
{
    public static TimeSpan? Parse(ArgumentResult argument)
    {
        var text = argument.Tokens[0].Value;
        if (TryParse(text, out var duration))
        {
            return duration;
        }

        argument.AddError($"'{text}' is not a duration; write for example 90s, 10m or 2h.");
        return null;
    }

    internal static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        var unit = text.Length == 0 ? 0 : text[^1] switch
        {
            's' => 1,
            'm' => 60,
            'h' => 3600,
            'd' => 86400,
            >= '0' and <= '9' => -1,
            _ => 0,
        };
        if (unit == 0 || !double.TryParse(unit < 0 ? text : text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count))
        {
            return false;
        }

        var seconds = count * Math.Abs(unit);
        if (seconds > TimeSpan.FromDays(365).TotalSeconds)
        {
            return false;
        }

        duration = TimeSpan.FromSeconds(seconds);
        return true;
    }
}
