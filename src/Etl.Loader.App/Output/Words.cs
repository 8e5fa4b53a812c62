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

    /// <summary>In one unit, and as wide whatever it is, so that a column does not move: "  41 s", "12 min", "   2 d".</summary>
    public static string AgeCell(DateTimeOffset then, DateTimeOffset now) => string.Join(' ', Span(now - then).Split(' ').Take(2)).PadLeft(6);

    /// <summary>"1 load", "2,000 loads".</summary>
    public static string Many(long count, string noun) => Amounts.Counted(count, noun);

    public static string Span(TimeSpan span) => Amounts.Span(span);

    /// <summary>Below ten seconds with tenths.</summary>
    public static string Took(TimeSpan span) =>
        span.TotalSeconds < 10 ? string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, span.TotalSeconds):0.0} s") : Span(span);

    /// <summary>Within a day.</summary>
    public static string Clock(DateTimeOffset time) => time.UtcDateTime.ToString("HH:mm:ss", CultureInfo.InvariantCulture);

    public static string Time(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "";

    /// <summary>"62 %" while bytes are known; otherwise empty.</summary>
    public static string Progress(long done, long? total) =>
        total > 0 ? string.Create(CultureInfo.InvariantCulture, $"{Math.Min(100, done * 100.0 / total.Value):0} %") : "";

    public static string Short(LoadId id) => id.Short;

    /// <summary>Without line breaks and other control characters: names come from producers and must not move the cursor.</summary>
    public static string Plain(string? text) =>
        text is null ? "" : string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
}
