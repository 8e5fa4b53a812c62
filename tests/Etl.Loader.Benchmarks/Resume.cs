using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Etl.Loader.IntegrationTests.EndToEnd;

namespace Etl.Loader.Benchmarks;

/// <summary>What a kill costs a load in chunks: it is killed with its process when nine tenths are read, and resumed.</summary>
internal static class Resume
{
    private const double KilledAt = 0.9;

    public static async IAsyncEnumerable<Result> MeasureAsync(Settings settings, [EnumeratorCancellation] CancellationToken token)
    {
        if (settings.Quick)
        {
            yield return new NotMeasured("a load in chunks, killed and gone on with", "A tiny one has ended before it can be killed.");
            yield break;
        }

        var file = new LineitemFile(settings.Rows * 5);
        foreach (var (how, name, most) in new[] { ("plain text", "chunked.csv", 1.15), ("gzip", "chunked.csv.gz", 1.4) })
        {
            await using var up = await Up.StartAsync(token);
            var path = up.InboxPath("warehouse", name);
            await file.WriteAsync(up.InboxPath("warehouse", "chunked.csv"), token);
            if (how == "gzip")
            {
                await Shell.RunAsync($"gzip -1 '{up.InboxPath("warehouse", "chunked.csv")}' && sync '{path}'", null, token);
            }

            var undisturbed = await up.LoadAsync("warehouse", name, token);
            await up.PsqlAsync("$psql -c 'DROP TABLE public.chunked' -c CHECKPOINT", token);
            var (before, after) = await KilledAsync(up, name, file.Rows, token);
            var what = string.Create(CultureInfo.InvariantCulture, $"{file.Length / 1e9:0.0} GB as {how}");
            yield return new Figure($"{what} into PostgreSQL, undisturbed", undisturbed, "0.0 's'");
            yield return new Figure($"{what}, killed at {KilledAt:P0}: until the kill", before, "0.0 's'");
            yield return new Figure($"{what}, killed at {KilledAt:P0}: from the new process's being ready to the receipt", after, "0.0 's'");
            yield return new Figure($"{what}, killed at {KilledAt:P0}: both, divided by undisturbed", (before + after) / undisturbed, "0.00", Limit.AtMost(most));
        }
    }

    private static async Task<(double Before, double After)> KilledAsync(Up up, string name, long rows, CancellationToken token)
    {
        var path = up.InboxPath("warehouse", name);
        File.Delete(path + ".loaded");
        var began = Stopwatch.GetTimestamp();
        await File.WriteAllTextAsync(path + ".trigger", "", token);
        await Deadline.WaitAsync(
            async () => (await up.QueueNumbersAsync(
                "SELECT rows_loaded::float8 FROM etl_loader.load WHERE finished_at IS NULL AND stage = 'staging' AND rows_loaded > 0", token))
                .FirstOrDefault() >= KilledAt * rows ? "reached" : null,
            () => $"{name} was not {KilledAt:P0} copied",
            TimeSpan.FromHours(1),
            token);
        await up.KillAsync();
        var before = Stopwatch.GetElapsedTime(began).TotalSeconds;
        await up.StartAgainAsync(token);
        var again = Stopwatch.GetTimestamp();
        await up.WaitForMarkerAsync(path, token);
        return (before, Stopwatch.GetElapsedTime(again).TotalSeconds);
    }
}
