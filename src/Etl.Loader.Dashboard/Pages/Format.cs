using System.Globalization;
using Etl.Loader.Ledger;

namespace Etl.Loader.Dashboard.Pages;

/// <summary>Numbers, times and states as people read them on a page.</summary>
internal static class Format
{
    public static string Count(long? value) => value?.ToString("N0", CultureInfo.InvariantCulture) ?? "";

    public static string Bytes(long? value)
    {
        if (value is not { } bytes)
        {
            return "";
        }

        string[] units = ["B", "kB", "MB", "GB", "TB"];
        double amount = bytes;
        var unit = 0;
        while (amount >= 999.5 && unit < units.Length - 1)
        {
            amount /= 1000;
            unit++;
        }

        return amount.ToString(unit == 0 || amount >= 100 ? "0" : "0.0", CultureInfo.InvariantCulture) + " " + units[unit];
    }

    public static string Duration(TimeSpan? duration) => duration switch
    {
        null => "",
        { TotalSeconds: < 1 } d => $"{d.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture)} ms",
        { TotalMinutes: < 1 } d => $"{d.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)} s",
        { TotalHours: < 1 } d => $"{d.Minutes} min {d.Seconds} s",
        { TotalDays: < 1 } d => $"{d.Hours} h {d.Minutes} min",
        var d => $"{(int)d.Value.TotalDays} d {d.Value.Hours} h",
    };

    /// <summary>A moment as ISO 8601 in UTC, which the page's script turns into "5 minutes ago" with the local time as title.</summary>
    public static Markup Moment(DateTimeOffset? at) => at is { } moment
        ? Markup.Of($"<time datetime=\"{moment.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture)}\">{moment.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)} UTC</time>")
        : Markup.Empty;

    public static Markup Status(LoadStatus status)
    {
        var style = status switch
        {
            LoadStatus.Loaded => "success",
            LoadStatus.Failed => "danger",
            LoadStatus.Loading => "primary",
            LoadStatus.Retrying => "warning",
            LoadStatus.Queued => "info",
            _ => "default",
        };
        return Markup.Of($"<span class=\"label label-{style}\">{Word(status)}</span>");
    }

    /// <summary>The word that the ledger and the verbs use.</summary>
    public static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    public static Markup Progress(long done, long? total)
    {
        if (total is not > 0)
        {
            return Markup.Empty;
        }

        var percent = (int)Math.Clamp(100 * (decimal)done / total.Value, 0, 100);
        return Markup.Of($"""
            <div class="progress etl-progress"><div class="progress-bar" role="progressbar" aria-label="progress" aria-valuemin="0" aria-valuemax="100" aria-valuenow="{percent}" style="width:{percent}%"></div></div>
            <small class="text-muted">{percent} %, {Bytes(done)} of {Bytes(total)}</small>
            """);
    }

    public static TimeSpan? Took(DateTimeOffset? from, DateTimeOffset? to) => from is { } f && to is { } t ? t - f : null;
}
