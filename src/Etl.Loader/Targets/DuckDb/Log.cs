using Microsoft.Extensions.Logging;

namespace Etl.Loader.Targets.DuckDb;

internal static partial class Log
{
    [LoggerMessage(1600, LogLevel.Information, "Target {Target}: this process serves the lane under epoch {Epoch}")]
    public static partial void LaneTaken(ILogger logger, string target, long epoch);

    [LoggerMessage(1601, LogLevel.Information, "Load {LoadId}: resumes after what an earlier attempt staged (chunks: {Checkpoints}, rows: {Rows})")]
    public static partial void Resumed(ILogger logger, LoadId loadId, int checkpoints, long rows);

    [LoggerMessage(1605, LogLevel.Warning, "Load {LoadId} of {Table} in {Target}: restarting, because its checkpoints belong to a different read of the dataset")]
    public static partial void BegunAnew(ILogger logger, LoadId loadId, string table, string target);

    [LoggerMessage(1602, LogLevel.Debug, "Load {LoadId}: staged in {Target} by {Way} in {Milliseconds} ms (rows: {Rows})")]
    public static partial void Staged(ILogger logger, LoadId loadId, string target, long rows, string way, long milliseconds);

    [LoggerMessage(1603, LogLevel.Warning, "Target {Target}: the write-ahead log could not be merged into the file after load {LoadId}; the next opening does it")]
    public static partial void CheckpointLeft(ILogger logger, string target, LoadId loadId, Exception exception);

    [LoggerMessage(1604, LogLevel.Debug, "Load {LoadId}: published as {Table} in {Target} in {Milliseconds} ms (rows: {Rows})")]
    public static partial void Published(ILogger logger, LoadId loadId, string table, string target, long rows, long milliseconds);
}
