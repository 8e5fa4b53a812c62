using Etl.Loader.Queue.Lanes;
using Microsoft.Extensions.Logging;

namespace Etl.Loader.Queue;

internal static partial class Log
{
    [LoggerMessage(1200, LogLevel.Error, "A job failed unexpectedly; it is retried in a minute: {Reason}")]
    public static partial void UnexpectedJobFault(ILogger logger, string? reason, Exception? fault);

    [LoggerMessage(EventId = 1201, Message = "{Message}")]
    public static partial void Hangfire(ILogger logger, LogLevel level, string message, Exception? fault);

    [LoggerMessage(1202, LogLevel.Warning, "Lane {Target} waits: {Reason}")]
    public static partial void LaneWaits(ILogger logger, string target, string reason);

    [LoggerMessage(1203, LogLevel.Information, "Lane {Target} is held by this process now, epoch {Epoch}; interrupted loads that go first: {Released}")]
    public static partial void LaneTaken(ILogger logger, string target, long epoch, int released);

    [LoggerMessage(1204, LogLevel.Information, "Lane {Target} stands by: {Holder} holds it")]
    public static partial void LaneStandsBy(ILogger logger, string target, string holder);

    [LoggerMessage(1205, LogLevel.Warning, "Lane {Target} is no longer held by this process: {Reason}")]
    public static partial void LaneLost(ILogger logger, string target, string reason);

    [LoggerMessage(1206, LogLevel.Information, "Lane {Target} is paused")]
    public static partial void LanePaused(ILogger logger, string target);

    [LoggerMessage(1207, LogLevel.Information, "Lane {Target} takes loads")]
    public static partial void LaneTakesLoads(ILogger logger, string target);

    [LoggerMessage(1208, LogLevel.Warning, "Lane {Target}: {Holder} has been silent for {Silent} and still holds the lane's lock; its session is ended")]
    public static partial void SilentHolderEnded(ILogger logger, string target, string holder, TimeSpan silent);

    [LoggerMessage(1209, LogLevel.Warning, "Lane {Target}: ledger, jobs and receipts were inconsistent: {Told}")]
    public static partial void Reconciled(ILogger logger, string target, string told);

    [LoggerMessage(1210, LogLevel.Warning, "Lane {Target}: the load under way did not end within {Limit}; it resumes from its last checkpoint after the restart")]
    public static partial void DrainTooLong(ILogger logger, string target, TimeSpan limit);

    [LoggerMessage(1211, LogLevel.Warning, "A batch was rolled back ({Reason}) and is accepted again (loads: {Count})")]
    public static partial void BatchAgain(ILogger logger, int count, string reason);

    [LoggerMessage(1212, LogLevel.Information, "Queue database {Database}: schema brought up to date ({Steps})")]
    public static partial void SchemaMigrated(ILogger logger, string database, string steps);

    [LoggerMessage(1213, LogLevel.Warning, "Queue database {Database} is away: {Reason}")]
    public static partial void QueueAway(ILogger logger, string database, string reason);

    [LoggerMessage(1214, LogLevel.Error, "Queue database {Database}: {Reason}")]
    public static partial void SchemaNotCurrent(ILogger logger, string database, string reason);

    [LoggerMessage(1215, LogLevel.Warning, "Load {LoadId} of lane {Target} ended without an outcome in the ledger and will be checked again")]
    public static partial void NoOutcome(ILogger logger, LoadId loadId, string target);

    [LoggerMessage(1216, LogLevel.Error, "Lane {Target}: jobs wait in queues that no configured target serves: {Queues} (jobs: {Count})")]
    public static partial void UnservedQueues(ILogger logger, string target, long count, string queues);

    [LoggerMessage(1218, LogLevel.Warning, "Lane {Target}: ledger and target were inconsistent: {Told}")]
    public static partial void Compared(ILogger logger, string target, string told);

    [LoggerMessage(1219, LogLevel.Information, "Lane {Target}: removed unneeded staging (loads: {Loads}) and expired rejected rows (rows: {Rejects})")]
    public static partial void Tidied(ILogger logger, string target, int loads, long rejects);

    [LoggerMessage(1220, LogLevel.Warning, "Lane {Target}: the target's epoch is not {Epoch}, although this process holds the lane. The target was restored or replaced; its lane is taken again")]
    public static partial void LaneTakenAgain(ILogger logger, string target, long epoch);

    [LoggerMessage(1221, LogLevel.Error, "Lane {Target} cannot be served: {Reason}")]
    public static partial void LaneRefused(ILogger logger, string target, string reason);

    [LoggerMessage(1217, LogLevel.Warning, "Lane {Target}: comparing ledger and jobs failed and will be tried again")]
    public static partial void ReconcileFailed(ILogger logger, string target, Exception fault);

    [LoggerMessage(1240, LogLevel.Error, "Job {Job} in queue {Queue}, written by role {Role}, is not the job of a load and was not run: {Reason}. It is recorded in etl_loader.refused_jobs; find out who wrote it")]
    public static partial void JobRefused(ILogger logger, long job, string queue, string role, string reason);

    [LoggerMessage(1241, LogLevel.Error, "Lane {Target} cannot be taken: {Holder} holds its lock and is not a known loader. {ToDo}")]
    public static partial void LockTaken(ILogger logger, string target, string holder, string toDo);
}
