using Etl.Loader.Ledger;

namespace Etl.Loader.Queue.Lanes;

/// <summary>
/// The three Hangfire queues of a lane. Hangfire serves a server's queues in alphabetical order, whatever order they are listed in, so the
/// digit is the rank.
/// </summary>
internal static class LaneQueues
{
    /// <summary>Interrupted loads: they continue before anything else.</summary>
    public static string Interrupted(string target) => $"loads-{target}-0";

    public static string For(string target, LoadPriority priority) => priority == LoadPriority.High ? $"loads-{target}-1" : $"loads-{target}-2";

    public static string[] All(string target) => [Interrupted(target), For(target, LoadPriority.High), For(target, LoadPriority.Normal)];
}
