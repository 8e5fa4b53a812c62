using Hangfire.Logging;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using HangfireLevel = Hangfire.Logging.LogLevel;
using Level = Microsoft.Extensions.Logging.LogLevel;

namespace Etl.Loader.Queue.Storage;

/// <summary>
/// Sends Hangfire's own log to ours. Its "information" is start-up chatter, hence one level lower. Hangfire keeps one provider a process:
/// after the end of the host that gave it, it falls silent instead of failing whatever Hangfire does next.
/// </summary>
internal sealed class HangfireLogProvider(ILoggerFactory factory) : ILogProvider
{
    public ILog GetLogger(string name)
    {
        try
        {
            return new Adapter(factory.CreateLogger(name));
        }
        catch (ObjectDisposedException)
        {
            return new Adapter(NullLogger.Instance);
        }
    }

    private sealed class Adapter(ILogger logger) : ILog
    {
        public bool Log(HangfireLevel logLevel, Func<string>? messageFunc, Exception? exception = null)
        {
            var level = logLevel switch
            {
                HangfireLevel.Trace or HangfireLevel.Debug => Level.Trace,
                HangfireLevel.Info => Level.Debug,
                HangfireLevel.Warn => Level.Warning,
                _ => Level.Error,
            };
            if (!logger.IsEnabled(level))
            {
                return false;
            }

            if (messageFunc is null)
            {
                return true;
            }

            try
            {
                var message = messageFunc();
                Queue.Log.Hangfire(logger, level, message, exception);
                return true;
            }
            catch (Exception)
            {
                // Hangfire logs from the process's exit handler too; a log that is closed by then must not bring the process down.
                return false;
            }
        }
    }
}
