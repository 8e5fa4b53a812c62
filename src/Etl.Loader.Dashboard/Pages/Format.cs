using System.Globalization;
using Etl.Loader.Ledger;

namespace Etl.Loader.Dashboard.Pages;

/// <summary>Numbers, times and states as people read them on a page.</summary>
internal static class Format
{
    public static string Count(long? value) => value is { } count ? Amounts.Count(count) : "";

    public static string Bytes(long? value) => value is { } bytes ? Amounts.Bytes(bytes) : "";

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

    /// <summary>A bar and the speed; empty in a stage that counts no bytes.</summary>
    public static Markup Progress(RunningLoad load) => load.Share is not { } share
        ? Markup.Empty
        : Markup.Of($"""
            <progress class="etl-progress" max="100" value="{(int)(share * 100)}" aria-label="progress"></progress>
            <small class="text-muted">{Bytes(load.BytesDone)} of {Bytes(load.BytesTotal)}{Speed(load)}</small>
            """);

    private static string Speed(RunningLoad load) =>
        (load.BytesPerSecond is > 0 and var bytes ? $", {Amounts.Bytes(bytes)}/s" : "")
        + (load.RowsPerSecond is >= 1 and var rows ? $", {Amounts.Counted((long)rows, "row")}/s" : "");

    public static TimeSpan? Took(DateTimeOffset? from, DateTimeOffset? to) => from is { } f && to is { } t ? t - f : null;
}
