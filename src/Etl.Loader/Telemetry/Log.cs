using Microsoft.Extensions.Logging;

namespace Etl.Loader.Telemetry;

internal static partial class Log
{
    [LoggerMessage(1700, LogLevel.Debug, "The figures of the queue could not be read and stay as they were: {Reason}")]
    public static partial void FiguresNotRead(ILogger logger, string reason);
}
