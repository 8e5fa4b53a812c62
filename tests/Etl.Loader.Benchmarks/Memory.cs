using System.Globalization;
using System.Runtime.CompilerServices;

namespace Etl.Loader.Benchmarks;

/// <summary>What size costs in memory: the most that a fresh <c>up</c> ever had resident when it had loaded one file, and one ten times as large.</summary>
internal static class Memory
{
    public static async IAsyncEnumerable<Result> MeasureAsync(Settings settings, [EnumeratorCancellation] CancellationToken token)
    {
        foreach (var (inbox, most) in new[] { ("warehouse", 512), ("lake", 768) })
        {
            await using var up = await Up.StartAsync(token);
            var peaks = new List<double>();
            foreach (var rows in new[] { settings.Rows, settings.Rows * 10 })
            {
                if (peaks.Count > 0)
                {
                    await up.StopAsync();
                    await up.StartAgainAsync(token);
                }

                peaks.Add(await PeakAsync(up, inbox, rows, token));
                var what = string.Create(CultureInfo.InvariantCulture, $"peak resident memory of `up`, {rows:#,0} rows into the {inbox}");
                yield return new Figure(what, peaks[^1], "0 'MB'", Limit.AtMost(most));
            }

            yield return new Figure($"the larger divided by the smaller, {inbox}", peaks[1] / peaks[0], "0.00", Limit.AtMost(1.1));
        }
    }

    private static async Task<double> PeakAsync(Up up, string inbox, long rows, CancellationToken token)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"rows_{rows}.csv");
        var path = up.InboxPath(inbox, name);
        var file = new LineitemFile(rows);
        FreeSpace.Require(path, 3 * file.Length);
        await file.WriteAsync(path, token);
        await up.LoadAsync(inbox, name, token);
        File.Delete(path);
        return ProcessFigures.PeakMegabytes(up.Ready.ProcessId);
    }
}
