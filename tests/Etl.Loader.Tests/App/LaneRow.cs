using Etl.Loader.Ledger;

namespace Etl.Loader.Tests.App;

/// <summary>The line of a lane that its outlook makes.</summary>
internal static class LaneRow
{
    public static LaneStatus Of(LaneOutlook outlook) => new(
        outlook.Target,
        outlook.Holder,
        outlook.Holder is null ? null : 3,
        null,
        outlook.PausedAt,
        outlook.PausedBy,
        outlook.PauseReason,
        outlook.WaitsFor,
        outlook.Running?.LoadId,
        outlook.Waiting.Loads,
        outlook.Waiting.Bytes)
    {
        Outlook = outlook,
    };

    public static LaneStatus Unserved(string target) => Of(new LaneOutlook { Target = target, ReadAt = DateTimeOffset.UnixEpoch });
}
