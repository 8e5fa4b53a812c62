using Etl.Loader.Ledger;
using Etl.Loader.Loads;
using Etl.Loader.Queue.Lanes;
using Etl.Loader.Targets;
using Microsoft.Extensions.DependencyInjection;

namespace Etl.Loader.App.Doctor;

/// <summary>What dead loads left in a target's staging, and its removal where that was asked for.</summary>
internal static class StagingCheck
{
    private const int Named = 10;

    /// <param name="clean">Null: list only.</param>
    public static async Task<IReadOnlyList<Finding>> RunAsync(
        IServiceProvider services, ILoadTarget target, LaneStatus? lane, CleanRequest? clean, CancellationToken token)
    {
        var left = await services.GetRequiredService<Leftovers>().FindAsync(target, orphans: true, token);
        if (left.Count == 0)
        {
            return [];
        }

        var check = $"lane {target.Name}";
        var holder = lane is { Served: true } ? lane.Holder : null;
        return clean switch
        {
            null => [Kept(check, left, "")],
            { DryRun: true } when holder is not null => [Held(check, $"would not be cleaned: {Describe(left)} stay", holder)],
            { DryRun: true } => [new Finding(check, FindingLevel.Warning, $"would remove what {Loads(left)} left in staging: {Describe(left)}; nothing was changed")],
            _ when holder is not null => [Held(check, "not cleaned", holder)],
            _ when !await clean.Confirm($"remove what {Loads(left)} left in the staging of {target.Name}?") => [Kept(check, left, "; nothing was removed")],
            _ => Removed(check, await services.GetRequiredService<LaneCleaning>().RunAsync(target, token)),
        };
    }

    private static Finding Kept(string check, IReadOnlyList<Leftover> left, string more) => new(
        check, FindingLevel.Warning, $"{Loads(left)} left something in staging: {Describe(left)}{more}",
        "etl-loader doctor --clean; the lane's holder also removes what is old enough automatically.");

    private static Finding Held(string check, string what, string holder) => new(
        check, FindingLevel.Warning, $"{what}: {holder} serves the lane", "It removes unneeded staging automatically. For the rest, stop it and run this again.");

    private static IReadOnlyList<Finding> Removed(string check, Cleaning cleaning) => cleaning switch
    {
        { HeldBy: { } holder } => [Held(check, "not cleaned", holder)],
        { Removed.Count: 0 } => [],
        _ => [new Finding(check, FindingLevel.Ok, $"removed what {Loads(cleaning.Removed)} had left in staging: {Describe(cleaning.Removed)}")],
    };

    private static string Loads(IReadOnlyList<Leftover> left) => Amounts.Counted(left.Count, "load");

    private static string Describe(IReadOnlyList<Leftover> left) =>
        string.Join(", ", left.Take(Named).Select(l => $"{l.Load} ({l.Status?.Word() ?? "unknown to the ledger"})")) + (left.Count > Named ? ", …" : "");
}
