using Microsoft.Extensions.Logging;

namespace Etl.Loader.Targets.PostgreSql;

internal static partial class Log
{
    [LoggerMessage(1500, LogLevel.Information, "Lane of target {Target} taken under epoch {Epoch} by {Holder}")]
    public static partial void LaneTaken(ILogger logger, string target, long epoch, string holder);

    [LoggerMessage(1501, LogLevel.Warning, "Target {Target}: ended the sessions {Sessions} of an older epoch")]
    public static partial void WritersEnded(ILogger logger, string target, string sessions);

    [LoggerMessage(1502, LogLevel.Debug, "Load {LoadId} staged into target {Target} (rows: {Rows}, rejected: {Rejected}, streams: {Streams})")]
    public static partial void Staged(ILogger logger, LoadId loadId, string target, long rows, long rejected, int streams);

    [LoggerMessage(1503, LogLevel.Information, "Load {LoadId} published as {Table} in target {Target} (rows: {Rows})")]
    public static partial void Published(ILogger logger, LoadId loadId, string table, string target, long rows);

    [LoggerMessage(1504, LogLevel.Information, "Load {LoadId} waits to publish {Table}: {Reason}")]
    public static partial void PublishWaits(ILogger logger, LoadId loadId, string table, string reason);

    [LoggerMessage(1505, LogLevel.Information, "Load {LoadId} resumes after what is already staged (chunks: {Chunks}, rows: {Rows})")]
    public static partial void Resumed(ILogger logger, LoadId loadId, int chunks, long rows);

    [LoggerMessage(1506, LogLevel.Warning, "Load {LoadId} into {Table} of target {Target} restarts: its checkpoints belong to a different read of the dataset")]
    public static partial void BegunAnew(ILogger logger, LoadId loadId, string table, string target);
}
