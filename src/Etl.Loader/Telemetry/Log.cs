using Microsoft.Extensions.Logging;

namespace Etl.Loader.Telemetry;

internal static partial class Log
{
    [LoggerMessage(1700, LogLevel.Debug, "The queue metrics could not be read; the previous values are kept: {Reason}")]
    public static partial void FiguresNotRead(ILogger logger, string reason);
}
