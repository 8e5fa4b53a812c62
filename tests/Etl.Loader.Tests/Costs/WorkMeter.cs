using System.Diagnostics;

namespace Etl.Loader.Tests.Costs;

/// <summary>
/// Tests that count processor time run alone in their process: what they count is then their own, however busy the machine is with others.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class WorkMeter
{
    public const string Name = "processor time";

    /// <summary>The least processor time of some runs: what the compiler and the collector took besides is in none of them.</summary>
    public static TimeSpan Of(Action work)
    {
        var least = TimeSpan.MaxValue;
        for (var run = 0; run < 2; run++)
        {
            var spent = Once(work);
            least = spent < least ? spent : least;
        }

        return least;
    }

    public static TimeSpan Once(Action work)
    {
        var before = Spent();
        work();
        return Spent() - before;
    }

    public static TimeSpan Spent()
    {
        using var process = Process.GetCurrentProcess();
        return process.TotalProcessorTime;
    }
}
