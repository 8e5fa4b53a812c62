using Etl.Loader.Faults;
using Etl.Loader.Inboxes;
using Etl.Loader.Ledger;
using Etl.Loader.Targets;
using Microsoft.Extensions.Logging;

namespace Etl.Loader.Loads;

/// <summary>What a failure means for the load: outages are waited out, data faults end it immediately, the rest is tried again.</summary>
internal static class FaultTriage
{
    private const string Queue = "the queue database";

    /// <summary>In words that can be stored and logged, whatever raw data the exception quotes.</summary>
    public static TargetFault Of(Exception exception, ILoadTarget target)
    {
        var fault = Kind(exception, target);
        return fault with { Reason = LedgerWords.Storable(fault.Reason), Hint = LedgerWords.Storable(fault.Hint) };
    }

    private static TargetFault Kind(Exception exception, ILoadTarget target) => exception switch
    {
        FencedException => new TargetFault(FaultKind.Fenced, exception.Message),
        InboxAwayException away => new TargetFault(FaultKind.Outage, away.Message, away.Hint),
        DatasetException data => new TargetFault(FaultKind.Data, data.Message, data.Hint),
        LoaderException fault => OfMessage(fault, target),
        _ => target.Classify(exception) is { Kind: not FaultKind.Unknown } known ? known : OfOthers(exception) ?? target.Classify(exception),
    };

    /// <summary>A message for people may report a target that is away or in use, which the target alone can say; otherwise someone must fix something.</summary>
    private static TargetFault OfMessage(LoaderException fault, ILoadTarget target) =>
        target.Classify(fault) is { Kind: not FaultKind.Unknown } known ? known : new TargetFault(FaultKind.Data, fault.Message, fault.Hint);

    /// <summary>What a target does not know: the queue database, which an attempt also asks, and the files that it reads.</summary>
    private static TargetFault? OfOthers(Exception exception) =>
        PostgresFaults.Read(exception) is { } queue ? new(queue.Kind, queue.Of(Queue), queue.Hint)
        : ErrnoFaults.Find(exception) is { Row: var row } ? new(row.Kind, exception.Message, row.Hint)
        : null;

    /// <summary>
    /// True for what waiting ends: the queue database is away, or in conflict with another session. Never a reason to stop a healthy load. A right that is
    /// missing or a constraint that is violated is none of these: anyone who meets it fails and says so.
    /// </summary>
    public static bool IsQueueOutage(Exception exception) =>
        exception is ObjectDisposedException || PostgresFaults.Read(exception) is { Kind: FaultKind.Outage or FaultKind.Transient };

    /// <summary>True for what the queue database refuses for a reason that waiting does not end.</summary>
    public static bool IsQueueRefusal(Exception exception) => PostgresFaults.Read(exception) is not null && !IsQueueOutage(exception);

    /// <summary>A failure of the queue database as people read it, whatever it means.</summary>
    public static string QueueWords(Exception exception) =>
        PostgresFaults.Read(exception) is { } read ? read.Of(Queue) : $"{Queue}: {exception.Message}";

    /// <summary>What a lane says that cannot take its target or continue a load because of this failure.</summary>
    public static string LaneWords(Exception exception, ILoadTarget target)
    {
        var fault = Of(exception, target);
        var reason = fault.Kind == FaultKind.Data && exception is not LoaderException ? $"target {target.Name}: {fault.Reason}" : fault.Reason;
        return fault.Hint is null ? reason : $"{reason.TrimEnd('.')}. {fault.Hint}";
    }

    /// <summary>Says something to people that the load does not depend on.</summary>
    public static async Task IgnoringQueueOutageAsync(Func<Task> say, LoadId load, ILogger logger)
    {
        try
        {
            await say();
        }
        catch (Exception exception) when (IsQueueOutage(exception))
        {
            Log.QueueAway(logger, load, exception);
        }
    }
}
