using Microsoft.Extensions.Logging;

namespace Etl.Loader.Loads;

internal static partial class Log
{
    [LoggerMessage(1400, LogLevel.Information, "Load {LoadId} of {Dataset} into {Target}: loaded into {Table} (rows: {Rows}, rejected: {Rejected})")]
    public static partial void Loaded(ILogger logger, LoadId loadId, string dataset, string target, string table, long rows, long rejected);

    [LoggerMessage(1401, LogLevel.Error, "Load {LoadId} of {Dataset} into {Target} failed: {Reason} {Hint}")]
    public static partial void Failed(ILogger logger, LoadId loadId, string dataset, string target, string reason, string? hint, Exception? exception);

    [LoggerMessage(1402, LogLevel.Warning, "Load {LoadId} of {Dataset} into {Target} will be tried again at {At:u}: {Reason}")]
    public static partial void Retrying(ILogger logger, LoadId loadId, string dataset, string target, string reason, DateTimeOffset at);

    [LoggerMessage(1403, LogLevel.Information, "Load {LoadId} of {Dataset} into {Target} was interrupted and goes back to the head of its lane")]
    public static partial void Interrupted(ILogger logger, LoadId loadId, string dataset, string target);

    [LoggerMessage(1404, LogLevel.Warning, "Load {LoadId} of {Dataset} into {Target} was left unchanged: {Reason}")]
    public static partial void Fenced(ILogger logger, LoadId loadId, string dataset, string target, string reason);

    [LoggerMessage(1405, LogLevel.Information, "Load {LoadId} of {Dataset} into {Target} was cancelled ({How})")]
    public static partial void Cancelled(ILogger logger, LoadId loadId, string dataset, string target, string how);

    [LoggerMessage(1406, LogLevel.Warning, "Load {LoadId} waits for target {Target}: {Reason}")]
    public static partial void Waiting(ILogger logger, LoadId loadId, string target, string reason);

    [LoggerMessage(1407, LogLevel.Warning, "Load {LoadId}: the queue database does not answer; the load continues")]
    public static partial void QueueAway(ILogger logger, LoadId loadId, Exception exception);

    [LoggerMessage(1408, LogLevel.Debug, "Load {LoadId}: progress could not be written")]
    public static partial void ProgressNotWritten(ILogger logger, LoadId loadId, Exception exception);

    [LoggerMessage(1409, LogLevel.Warning, "Load {LoadId}: its staging table in target {Target} could not be dropped now")]
    public static partial void StagingLeft(ILogger logger, LoadId loadId, string target, Exception exception);

    [LoggerMessage(1412, LogLevel.Error, "Load {LoadId} has made no progress for {Stalled} and does not end; this process exits so that another can take over")]
    public static partial void Hangs(ILogger logger, LoadId loadId, TimeSpan stalled);

    [LoggerMessage(1411, LogLevel.Warning, "Load {LoadId} of {Dataset} into {Target} was set back until {At:u}: {Reason}")]
    public static partial void SetBack(ILogger logger, LoadId loadId, string dataset, string target, string reason, DateTimeOffset at);

    [LoggerMessage(1413, LogLevel.Warning, "Load {LoadId} of {Dataset}: its marker could not be written now; a watcher writes it")]
    public static partial void NotMarked(ILogger logger, LoadId loadId, string dataset, Exception exception);
}
