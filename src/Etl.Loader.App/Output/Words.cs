using System.Globalization;
using Etl.Loader.Ledger;

namespace Etl.Loader.App.Output;

/// <summary>Numbers, times and states as people read them.</summary>
internal static class Words
{
    private static readonly string[] ByteUnits = ["B", "kB", "MB", "GB", "TB"];

    public static string Of(LoadStatus status) => status.ToString().ToLowerInvariant();

    public static string Of(LoadStage stage) => stage.ToString().ToLowerInvariant();

    public static string Rows(long? rows) => rows?.ToString("N0", CultureInfo.InvariantCulture) ?? "";

    public static string Bytes(long bytes)
    {
        double value = bytes;
        var unit = 0;
        for (; value >= 1000 && unit < ByteUnits.Length - 1; unit++)
        {
            value /= 1000;
        }

        return value.ToString(unit == 0 || value >= 100 ? "0" : "0.0", CultureInfo.InvariantCulture) + " " + ByteUnits[unit];
    }

    public static string Ago(DateTimeOffset then, DateTimeOffset now) => Span(now - then) + " ago";

    public static string Span(TimeSpan span) => span switch
    {
        { TotalSeconds: < 1 } => "0 s",
        { TotalMinutes: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0} s"),
        { TotalHours: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalMinutes} min {span.Seconds} s"),
        { TotalDays: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalHours} h {span.Minutes} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalDays} d {span.Hours} h"),
    };

    public static string Time(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "";

    /// <summary>"62 %" while bytes are known; else empty.</summary>
    public static string Progress(long done, long? total) =>
        total > 0 ? string.Create(CultureInfo.InvariantCulture, $"{Math.Min(100, done * 100.0 / total.Value):0} %") : "";

    /// <summary>
    /// The first characters of an id, as far as people need to tell loads apart: the millisecond and twelve random bits. Verbs take any unique
    /// prefix.
    /// </summary>
    public static string Short(LoadId id) => id.ToString()[..18];

    /// <summary>Without line breaks and other control characters: names come from producers and must not move the cursor.</summary>
    public static string Plain(string? text) =>
        text is null ? "" : string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
}
