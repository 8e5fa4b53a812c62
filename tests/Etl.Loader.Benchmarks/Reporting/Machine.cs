using System.Diagnostics;
using System.Globalization;
using System.Reflection;

namespace Etl.Loader.Benchmarks.Reporting;

/// <summary>What a reader must know of the machine to judge the numbers; nothing that names it.</summary>
internal static class Machine
{
    private const int Writes = 200;

    public static async Task<string> DescribeAsync(CancellationToken token)
    {
        var postgres = (await Shell.RunAsync($"{Shell.Psql} --version", null, token)).Split(' ').Skip(2).FirstOrDefault()?.Trim();
        var duckDb = typeof(DuckDB.NET.Data.DuckDBConnection).Assembly
            .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0];
        var load = File.ReadAllText("/proc/loadavg").Split(' ')[0];
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1L << 30);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Environment.ProcessorCount} cores ({Processor()}), {memory:0} GiB of memory, write and fsync of 8 kB: {FsyncMilliseconds():0.00} ms (median), "
            + $"Linux {Environment.OSVersion.Version}, .NET {Environment.Version}, PostgreSQL {postgres}, DuckDB.NET {duckDb}, "
            + $"at the start a load average of {load}.");
    }

    private static string Processor() =>
        File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim() ?? "unknown processor";

    private static double FsyncMilliseconds()
    {
        var path = Path.Combine(Path.GetTempPath(), $"etl-loader-fsync-{Environment.ProcessId}");
        try
        {
            using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
            var block = new byte[8192];
            var times = new List<double>(Writes);
            for (var i = 0; i < Writes; i++)
            {
                var began = Stopwatch.GetTimestamp();
                file.Write(block);
                file.Flush(flushToDisk: true);
                times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            }

            return Statistics.Median(times);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
