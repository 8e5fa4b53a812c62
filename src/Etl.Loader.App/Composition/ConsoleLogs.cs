using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Etl.Loader.App.Composition;

/// <summary>How a long-running process writes its log: lines for people, or a JSON object a line for collectors (<c>Logging:Format</c>).</summary>
internal static class ConsoleLogs
{
    public const string Key = "Logging:Format";
    public const string Json = "json";
    public const string Text = "text";

    public static ILoggingBuilder AddLoaderConsole(this ILoggingBuilder logging, IConfiguration configuration)
    {
        if (!string.Equals(configuration[Key], Json, StringComparison.OrdinalIgnoreCase))
        {
            return logging.AddSimpleConsole(console =>
                (console.SingleLine, console.UseUtcTimestamp, console.TimestampFormat) = (true, true, "yyyy-MM-dd'T'HH:mm:ss.fff'Z' "));
        }

        // With the ids of the trace that a message belongs to.
        logging.Configure(options => options.ActivityTrackingOptions = ActivityTrackingOptions.TraceId | ActivityTrackingOptions.SpanId);
        return logging.AddJsonConsole(console =>
            (console.IncludeScopes, console.UseUtcTimestamp, console.TimestampFormat) = (true, true, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'"));
    }
}
