using System.Globalization;

namespace Etl.Loader;

/// <summary>The limits of single settings: a fault that names key, value and what is allowed, or none.</summary>
internal static class SettingLimits
{
    /// <summary>No timer of ours may run hot.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);

    public static readonly TimeSpan Day = TimeSpan.FromDays(1);

    public static readonly TimeSpan Week = TimeSpan.FromDays(7);

    /// <summary>"Forever": the longest time that can be subtracted from now.</summary>
    public static readonly TimeSpan Century = TimeSpan.FromDays(36_500);

    public static IEnumerable<ConfigurationFault> Time(string key, TimeSpan value, TimeSpan least, TimeSpan most)
    {
        if (value < least || value > most)
        {
            yield return new(key, $"is {Text(value)}; expected {Text(least)} to {Text(most)}");
        }
    }

    public static IEnumerable<ConfigurationFault> Number(string key, long value, long least, long most)
    {
        if (value < least || value > most)
        {
            yield return new(key, string.Create(CultureInfo.InvariantCulture, $"is {value}; expected {least} to {most}"));
        }
    }

    /// <summary>As it is written in a configuration.</summary>
    public static string Text(TimeSpan time)
    {
        var text = time.ToString("c", CultureInfo.InvariantCulture);
        return time.Ticks % TimeSpan.TicksPerSecond == 0 ? text : text.TrimEnd('0');
    }
}
