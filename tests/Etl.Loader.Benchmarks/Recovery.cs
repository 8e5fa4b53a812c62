using System.Globalization;
using System.Runtime.CompilerServices;
using Etl.Loader.Chaos;
using Etl.Loader.Chaos.Installation;

namespace Etl.Loader.Benchmarks;

/// <summary>
/// How soon loads run again after a fault, at the product's own time-outs: from the kill to the start of the next attempt, or from the break
/// of a line or the end of an outage until the attempt, which waits for that, sends rows again.
/// Two watchers and two loaders, as <c>infra/chaos</c> breaks them.
/// </summary>
internal static class Recovery
{
    public static async IAsyncEnumerable<Result> MeasureAsync(Settings settings, [EnumeratorCancellation] CancellationToken token)
    {
        var outage = settings.Quick ? TimeSpan.FromSeconds(3) : TimeSpan.FromSeconds(60);
        (string What, double? Most, Func<FaultyLane, Task<double>> Measure)[] lines =
        [
            ("line half open: the server's end is closed, ours hears nothing", 30, lane => lane.BreakLineAsync(wire => wire.HalfOpen(), token)),
            ("line dead: neither end hears anything, new ones work", 30, lane => lane.BreakLineAsync(wire => wire.Forget(), token)),
        ];
        (string What, double? Most, Func<FaultyLane, Task<double>> Measure)[] faults =
        [
            ("loader killed (kill -9), another stands by", 5, lane => lane.KillHolderAsync(token)),
            ("loader frozen (kill -STOP), another stands by", 20, lane => lane.FreezeHolderAsync(token)),
            .. settings.Quick ? [] : lines,
            (string.Create(CultureInfo.InvariantCulture, $"PostgreSQL away for {outage.TotalSeconds} s, from its being back"), 5, lane => lane.StopServerAsync(outage, token)),
            ("loader died after the publish: the attempt that finds the receipt", null, lane => lane.FindReceiptAsync(token)),
            ("the only loader killed and started again, from its being ready", 2, lane => lane.RestartAloneAsync(token)),
        ];
        var options = new CampaignOptions { Seeds = [1], Factor = settings.Quick ? 8 : 1 };
        var figures = new List<Result>();
        await using var place = new Place(options);
        await place.RunAsync(
            async (stand, stop) =>
            {
                var lane = new FaultyLane(stand);
                foreach (var (what, most, measure) in faults)
                {
                    try
                    {
                        var values = new List<double>();
                        for (var i = 0; i < settings.Repeat; i++)
                        {
                            stop.ThrowIfCancellationRequested();
                            values.Add(await measure(lane));
                        }

                        figures.Add(most is { } bound ? new Figure(what, values, "0.0 's'", Limit.AtMost(bound)) : new Figure(what, values, "0 'ms'"));
                    }
                    catch (TimeoutException late)
                    {
                        // The others are measured all the same.
                        figures.Add(new Failure(what, late.Message));
                    }
                }

                return true;
            },
            token);
        foreach (var figure in figures)
        {
            yield return figure;
        }
    }
}
