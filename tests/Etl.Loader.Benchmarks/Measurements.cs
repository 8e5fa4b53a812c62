using Measure = System.Func<Etl.Loader.Benchmarks.Settings, System.Threading.CancellationToken, System.Threading.Tasks.Task<System.Collections.Generic.IReadOnlyList<Etl.Loader.Benchmarks.Figure>>>;

namespace Etl.Loader.Benchmarks;

/// <summary>Every measurement by its name, in the order in which they run.</summary>
internal static class Measurements
{
    public static IReadOnlyList<(string Name, Measure Measure)> All { get; } =
    [
        ("start", Responsiveness.StartAsync),
        ("latency", Responsiveness.LatencyAsync),
        ("idle", Responsiveness.IdleAsync),
        ("survey", Throughput.SurveyAsync),
        ("copy", Comparisons.CopyAsync),
        ("gzip", Comparisons.GzipAsync),
        ("parquet", Comparisons.ParquetAsync),
        ("duckdb", Comparisons.DuckDbAsync),
        ("readers", ReaderAccess.MeasureAsync),
        ("small", Throughput.SmallAsync),
        ("memory", Throughput.MemoryAsync),
    ];
}
