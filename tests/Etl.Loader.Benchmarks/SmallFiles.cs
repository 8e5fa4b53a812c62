using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Etl.Loader.Benchmarks;

/// <summary>Many small files, each its own table, through the whole way; and what a shell loop makes of them.</summary>
internal static class SmallFiles
{
    private const int Bytes = 10_000;

    public static async IAsyncEnumerable<Result> MeasureAsync(Settings settings, [EnumeratorCancellation] CancellationToken token)
    {
        var count = settings.Quick ? 50 : 1000;
        var loop = count / 10;
        List<double> ours = [], theirs = [];
        for (var i = 0; i < settings.Repeat; i++)
        {
            // A new home each time, so that each load makes its table.
            await using var up = await Up.StartAsync(token);
            ours.Add(count / await LoadAllAsync(up, count, token));
            theirs.Add(loop / await ShellLoopAsync(up, loop, token));
        }

        yield return new Figure($"{count} files of 10 kB, each its own table, trigger to receipt", ours, "0 'loads/s'", Limit.AtLeast(50));
        yield return new Figure($"{loop} of them by a shell loop of `psql -c '\\copy'`", theirs, "0 'loads/s'");
    }

    private static async Task<double> LoadAllAsync(Up up, int count, CancellationToken token)
    {
        var files = Enumerable.Range(0, count).Select(i => up.InboxPath("warehouse", $"small-{i:0000}.csv")).ToArray();
        foreach (var file in files)
        {
            await File.WriteAllTextAsync(file, Text(), token);
        }

        var began = Stopwatch.GetTimestamp();
        foreach (var file in files)
        {
            await File.WriteAllTextAsync(file + ".trigger", "", token);
        }

        foreach (var file in files)
        {
            await up.WaitForMarkerAsync(file, token);
        }

        return Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    private static async Task<double> ShellLoopAsync(Up up, int count, CancellationToken token)
    {
        await up.PsqlAsync("$psql -c 'CREATE SCHEMA compared' -c CHECKPOINT", token);
        return await up.TimePsqlAsync(
            $"files=('{up.Ready.Inboxes["warehouse"]}'/small-*.csv); for file in \"${{files[@]:0:{count}}}\"; do table=compared.$(basename $file .csv | tr - _); " +
            "$psql -c \"CREATE TABLE $table (id bigint, name text, amount numeric(6,2))\" -c \"\\copy $table FROM '$file' (FORMAT csv, HEADER)\"; done",
            token);
    }

    private static string Text()
    {
        var text = new StringBuilder("id,name,amount\n");
        for (var i = 0; text.Length < Bytes; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{i},customer number {i},{i}.50\n");
        }

        return text.ToString();
    }
}
