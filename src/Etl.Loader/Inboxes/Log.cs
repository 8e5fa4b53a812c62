using Microsoft.Extensions.Logging;

namespace Etl.Loader.Inboxes;

internal static partial class Log
{
    [LoggerMessage(1000, LogLevel.Information, "Accepted load {LoadId} of {Dataset} in inbox {Inbox}, for {Target} table {Table}")]
    public static partial void Accepted(ILogger logger, LoadId loadId, string inbox, string dataset, string target, string table);

    [LoggerMessage(1001, LogLevel.Warning, "Refused the trigger of {Dataset} in inbox {Inbox} (load {LoadId}): {Error}")]
    public static partial void Refused(ILogger logger, LoadId loadId, string inbox, string dataset, string error);

    [LoggerMessage(1002, LogLevel.Information, "Inbox {Inbox} at {Path}: {State} ({Mode})")]
    public static partial void Watching(ILogger logger, string inbox, string path, string mode, string state);

    [LoggerMessage(1003, LogLevel.Warning, "Inbox {Inbox} {State}")]
    public static partial void Away(ILogger logger, string inbox, string state);

    [LoggerMessage(1004, LogLevel.Warning, "Inbox {Inbox} is watched only by scans, every {Interval}: {Reason}")]
    public static partial void Scanning(ILogger logger, string inbox, TimeSpan interval, string reason);

    [LoggerMessage(1005, LogLevel.Information, "Inbox {Inbox}: events were lost, scanning all of it")]
    public static partial void EventsLost(ILogger logger, string inbox);

    [LoggerMessage(1006, LogLevel.Warning, "Inbox {Inbox}: the trigger {Path} cannot be claimed now and will be tried again: {Reason}")]
    public static partial void NotClaimed(ILogger logger, string inbox, string path, string reason);

    [LoggerMessage(1007, LogLevel.Warning, "Load {LoadId} of {Dataset} in inbox {Inbox}: its marker cannot be written now and will be written later: {Reason}")]
    public static partial void MarkerNotWritten(ILogger logger, LoadId loadId, string inbox, string dataset, string reason);

    [LoggerMessage(1008, LogLevel.Warning, "Inbox {Inbox}: {Dataset} cannot be read now and will be tried again: {Reason}")]
    public static partial void NotRead(ILogger logger, string inbox, string dataset, string reason);

    [LoggerMessage(1009, LogLevel.Warning, "Inbox {Inbox}: a batch was not accepted; trying its loads one by one (loads: {Loads})")]
    public static partial void BatchNotAccepted(ILogger logger, string inbox, int loads, Exception exception);

    [LoggerMessage(1010, LogLevel.Error, "Load {LoadId} of {Dataset} in inbox {Inbox} was not accepted by the queue database and will be tried again")]
    public static partial void NotAccepted(ILogger logger, LoadId loadId, string inbox, string dataset, Exception exception);

    [LoggerMessage(1011, LogLevel.Warning, "Load {LoadId} of {Dataset} in inbox {Inbox} is marked queued but unknown to the ledger (restored from a backup?); accepting it again")]
    public static partial void AcceptedAgain(ILogger logger, LoadId loadId, string inbox, string dataset);

    [LoggerMessage(1012, LogLevel.Warning, "Inbox {Inbox}: the name {Path} is not valid UTF-8 and cannot be taken; rename the trigger")]
    public static partial void Unnameable(ILogger logger, string inbox, string path);

    [LoggerMessage(1013, LogLevel.Debug, "Inbox {Inbox}: the watcher's state was not recorded: {Reason}")]
    public static partial void NotReported(ILogger logger, string inbox, string reason);

    [LoggerMessage(1014, LogLevel.Error, "Inbox {Inbox}: a pass of the watcher failed; the next one starts in five seconds")]
    public static partial void RoundFailed(ILogger logger, string inbox, Exception exception);

    [LoggerMessage(1015, LogLevel.Warning, "Load {LoadId} in inbox {Inbox}: AfterLoad {Action} of {File} failed: {Reason}")]
    public static partial void NotCleared(ILogger logger, LoadId loadId, string inbox, string action, string file, string reason);

    [LoggerMessage(1016, LogLevel.Warning, "Inbox {Inbox}: the old marker {Path} could not be removed and will be tried again in an hour: {Reason}")]
    public static partial void NotRemoved(ILogger logger, string inbox, string path, string reason);
}
