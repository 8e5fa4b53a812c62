using Etl.Loader.Benchmarks.Comparing;

namespace Etl.Loader.Benchmarks;

/// <summary>Yields each result as soon as it has it: what comes before a fault is kept.</summary>
internal delegate IAsyncEnumerable<Result> Measure(Settings settings, CancellationToken token);

/// <summary>Every measurement by its name, in the order in which they run.</summary>
internal static class Measurements
{
    public static IReadOnlyList<(string Name, Measure Measure)> All { get; } =
    [
        ("start", Responsiveness.StartAsync),
        ("latency", Responsiveness.LatencyAsync),
        ("idle", Responsiveness.IdleAsync),
        ("pages", Pages.MeasureAsync),
        ("survey", SurveyRate.MeasureAsync),
        ("copy", CopyComparison.OnPrivateClusterAsync),
        ("copy-replica", CopyComparison.OnReplicaClusterAsync),
        ("gzip", FormatComparisons.GzipAsync),
        ("parquet", FormatComparisons.ParquetAsync),
        ("pgloader", FormatComparisons.PgloaderAsync),
        ("duckdb", FormatComparisons.DuckDbAsync),
        ("readers", ReaderAccess.MeasureAsync),
        ("small", SmallFiles.MeasureAsync),
        ("backlog", Backlog.MeasureAsync),
        ("recovery", Recovery.MeasureAsync),
        ("resume", Resume.MeasureAsync),
        ("memory", Memory.MeasureAsync),
        ("readings", Readings.MeasureAsync),
    ];
}
