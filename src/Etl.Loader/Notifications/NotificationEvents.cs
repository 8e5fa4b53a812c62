using Etl.Loader.Ledger;

namespace Etl.Loader.Notifications;

/// <summary>What can be reported. The first four are outcomes of loads, by the ledger's words.</summary>
internal static class NotificationEvents
{
    public const string SchemaChanged = SchemaChanges.Key;
    public const string Late = "late";
    public const string LaneStalled = "lane_stalled";

    public static IReadOnlyList<string> All { get; } = ["loaded", "failed", "superseded", "cancelled", SchemaChanged, Late, LaneStalled];
}
