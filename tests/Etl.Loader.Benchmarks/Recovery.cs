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
    private const string Seconds = "0.0 's'";

    public static async IAsyncEnumerable<Result> MeasureAsync(Settings settings, [EnumeratorCancellation] CancellationToken token)
    {
        var outage = settings.Quick ? TimeSpan.FromSeconds(3) : TimeSpan.FromSeconds(60);
        (string What, string Format, Limit? Limit, Func<FaultyLane, Task<double>> Measure)[] slow =
        [
            ("loader frozen (kill -STOP), another stands by", Seconds, Limit.AtMost(20), lane => lane.FreezeHolderAsync(token)),
            ("line half open: the server's end is closed, ours hears nothing", Seconds, Limit.AtMost(30), lane => lane.BreakLineAsync(wire => wire.HalfOpen(), token)),
            ("line dead: neither end hears anything, new ones work", Seconds, Limit.AtMost(30), lane => lane.BreakLineAsync(wire => wire.Forget(), token)),
        ];
        (string What, string Format, Limit? Limit, Func<FaultyLane, Task<double>> Measure)[] faults =
        [
            ("loader killed (kill -9), another stands by", Seconds, Limit.AtMost(5), lane => lane.KillHolderAsync(token)),

            // Most of their time is waiting, and that of lines cannot be shortened by configuration.
            .. settings.Quick ? [] : slow,
            (string.Create(CultureInfo.InvariantCulture, $"PostgreSQL away for {outage.TotalSeconds} s, from its being back"), Seconds, Limit.AtMost(5), lane => lane.StopServerAsync(outage, token)),
            ("loader died after the publish: the attempt that finds the receipt", "0 'ms'", null, lane => lane.FindReceiptAsync(token)),
            ("the only loader killed and started again, from its being ready", Seconds, Limit.AtMost(2), lane => lane.RestartAloneAsync(token)),
        ];
        var options = new CampaignOptions { Seeds = [1], Factor = settings.Quick ? 8 : 1, OwnSizes = true };
        var figures = new List<Result>();
        await using var place = new Place(options);
        await place.RunAsync(
            async (stand, stop) =>
            {
                var lane = new FaultyLane(stand);
                foreach (var (what, format, limit, measure) in faults)
                {
                    try
                    {
                        var values = new List<double>();
                        for (var i = 0; i < settings.Repeat; i++)
                        {
                            stop.ThrowIfCancellationRequested();
                            values.Add(await measure(lane));
                        }

                        figures.Add(new Figure(what, values, format, limit));
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
