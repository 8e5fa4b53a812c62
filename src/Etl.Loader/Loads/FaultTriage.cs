using System.Data.Common;
using System.Net.Sockets;
using Etl.Loader.Inboxes;
using Etl.Loader.Ledger;
using Etl.Loader.Targets;
using Microsoft.Extensions.Logging;

namespace Etl.Loader.Loads;

/// <summary>What a failure means for the load: outages are waited out, data faults end it at once, the rest is tried again.</summary>
internal static class FaultTriage
{
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
        _ => target.Classify(exception),
    };

    /// <summary>A message for people may tell of a target that is away or in use, which the target alone can say; else somebody must mend something.</summary>
    private static TargetFault OfMessage(LoaderException fault, ILoadTarget target) =>
        target.Classify(fault) is { Kind: not FaultKind.Unknown } known ? known : new TargetFault(FaultKind.Data, fault.Message, fault.Hint);

    /// <summary>True for what a lost or refusing queue database throws: never a reason to stop a healthy load.</summary>
    public static bool IsQueueOutage(Exception exception) =>
        exception is DbException or TimeoutException or SocketException or IOException or ObjectDisposedException;

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
