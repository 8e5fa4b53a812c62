using System.Globalization;
using System.Runtime.CompilerServices;
using Etl.Loader.Benchmarks.Source;

namespace Etl.Loader.Benchmarks;

/// <summary>How often a file is read from its source until it is loaded: what a slow source costs.</summary>
internal static class Readings
{
    private const double BytesPerSecond = 150e6;
    private const string Csv = "lineitem.csv";

    public static async IAsyncEnumerable<Result> MeasureAsync(Settings settings, [EnumeratorCancellation] CancellationToken token)
    {
        if (ThrottledSource.Obstacle is { } obstacle)
        {
            yield return new NotMeasured("readings of a throttled source", obstacle);
            yield break;
        }

        await using var up = await Up.StartAsync(token);
        foreach (var (inbox, gigabytes) in new[] { ("warehouse", settings.ThrottledGigabytes), ("lake", settings.ThrottledGigabytes / 10) })
        {
            var file = LineitemFile.OfGigabytes(gigabytes);
            var path = up.InboxPath(inbox, Csv);
            FreeSpace.Require(path, 1.8 * file.Length);
            using var source = ThrottledSource.Mount(file, path, BytesPerSecond);
            var complete = false;
            try
            {
                foreach (var (how, manifest, most) in new[]
                {
                    ("types proven", """{ "table": "readings_proven" }""", 2.1),
                    ("all types in `schema`", $$"""{ "table": "readings_schema", "schema": {{Lineitem.Schema}} }""", 1.1),
                    ("`\"types\": \"text\"`", """{ "table": "readings_text", "types": "text" }""", 1.1),
                })
                {
                    source.Forget();
                    var seconds = await up.LoadAsync(inbox, Csv, token, manifest);
                    var what = string.Create(
                        CultureInfo.InvariantCulture, $"{file.Length / 1e9:0.###} GB from a source of {BytesPerSecond / 1e6:0} MB/s into the {inbox}, {how}");
                    yield return new Figure($"{what}: readings of the source", (double)source.BytesRead / file.Length, "0.00", Limit.AtMost(most));
                    yield return new Figure($"{what}: trigger to receipt", seconds, "0.0 's'");
                    await DropAsync(up, inbox, token);
                }

                complete = true;
            }
            finally
            {
                if (!complete)
                {
                    // Before the source goes: a load that still reads it would be left with an error.
                    await up.StopAsync();
                }
            }
        }
    }

    /// <summary>The disk need hold only one of them.</summary>
    private static Task DropAsync(Up up, string inbox, CancellationToken token) => inbox == "warehouse"
        ? up.PsqlAsync("$psql -c 'DROP TABLE IF EXISTS public.readings_proven, public.readings_schema, public.readings_text' -c CHECKPOINT", token)
        : Task.CompletedTask;
}
