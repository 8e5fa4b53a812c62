using System.Globalization;
using Etl.Loader.Ledger;

namespace Etl.Loader.App.Output;

/// <summary>Numbers, times and states as people read them.</summary>
internal static class Words
{
    public static string Of(LoadStatus status) => status.ToString().ToLowerInvariant();

    public static string Of(LoadStage stage) => stage.ToString().ToLowerInvariant();

    public static string Rows(long? rows) => rows is { } count ? Amounts.Count(count) : "";

    public static string Bytes(long bytes) => Amounts.Bytes(bytes);

    public static string Ago(DateTimeOffset then, DateTimeOffset now) => Span(now - then) + " ago";

    public static string Span(TimeSpan span) => Amounts.Span(span);

    public static string Time(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "";

    /// <summary>"62 %" while bytes are known; else empty.</summary>
    public static string Progress(long done, long? total) =>
        total > 0 ? string.Create(CultureInfo.InvariantCulture, $"{Math.Min(100, done * 100.0 / total.Value):0} %") : "";

    public static string Short(LoadId id) => id.Short;

    /// <summary>Without line breaks and other control characters: names come from producers and must not move the cursor.</summary>
    public static string Plain(string? text) =>
        text is null ? "" : string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
}
