using Measure = System.Func<Etl.Loader.Benchmarks.Settings, System.Threading.CancellationToken, System.Collections.Generic.IAsyncEnumerable<Etl.Loader.Benchmarks.Result>>;

namespace Etl.Loader.Benchmarks;

/// <summary>Every measurement by its name, in the order in which they run.</summary>
internal static class Measurements
{
    public static IReadOnlyList<(string Name, Measure Measure)> All { get; } =
    [
        ("start", Responsiveness.StartAsync),
        ("latency", Responsiveness.LatencyAsync),
        ("idle", Responsiveness.IdleAsync),
        ("survey", SurveyRate.MeasureAsync),
        ("copy", CopyComparison.OnPrivateClusterAsync),
        ("copy-replica", CopyComparison.OnReplicaClusterAsync),
        ("gzip", FormatComparisons.GzipAsync),
        ("parquet", FormatComparisons.ParquetAsync),
        ("pgloader", FormatComparisons.PgloaderAsync),
        ("duckdb", FormatComparisons.DuckDbAsync),
        ("small", SmallFiles.MeasureAsync),
        ("memory", Memory.MeasureAsync),
        ("readings", Readings.MeasureAsync),
    ];
}
