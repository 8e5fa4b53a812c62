using Etl.Loader.Chaos.Installation;
using Etl.Loader.Chaos.Verdict;
using Npgsql;

namespace Etl.Loader.Chaos;

internal sealed partial class CrashLoop
{
    private static readonly TimeSpan SetUpPatience = TimeSpan.FromSeconds(15);

    /// <summary>Passed only while an installation is made, before its first load.</summary>
    private static bool IsSetUp(string point) =>
        point.Contains("migration", StringComparison.Ordinal) || point.EndsWith(":register", StringComparison.Ordinal)
        || point.EndsWith(":create_lane", StringComparison.Ordinal) || point.EndsWith(":create_registry", StringComparison.Ordinal);

    /// <summary>An installation that is made again, and dies of it; false when it did not.</summary>
    private async Task<bool> SetUpAsync(Stand stand, string point, CancellationToken token)
    {
        var before = stand.Crashes;
        await KillAsync(stand, token);
        await stand.BeginAnewAsync(token);
        stand.CrashPoint = point;
        stand.Fix();
        var began = TimeProvider.System.GetTimestamp();
        while (!stand.Children.Any(c => c.HasExited) && TimeProvider.System.GetElapsedTime(began) < SetUpPatience)
        {
            await Task.Delay(50, token);
        }

        stand.CrashPoint = null;
        stand.Fix();
        if (!await BothLanesHeldAsync(stand, token))
        {
            _findings.Add(Harm.Other, $"{point}: not every lane was held within {Patience.TotalSeconds} s of the next start", null);
        }

        return stand.Crashes > before;
    }

    private static async Task<bool> BothLanesHeldAsync(Stand stand, CancellationToken token)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(began) < Patience)
        {
            try
            {
                if (await stand.ScalarAsync("queue", "SELECT count(*) FROM etl_loader.lane_status WHERE holder_id IS NOT NULL AND epoch > 0", token) is 2L)
                {
                    return true;
                }
            }
            catch (NpgsqlException)
            {
                // Not made yet.
            }

            await Task.Delay(50, token);
        }

        return false;
    }
}
