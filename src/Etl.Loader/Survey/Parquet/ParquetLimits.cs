namespace Etl.Loader.Survey.Parquet;

/// <param name="MemoryMegabytes">What DuckDB may use while it reads one file.</param>
/// <param name="Threads">Of DuckDB, for one file.</param>
/// <param name="Batch">A batch ends with the first record that reaches so many bytes.</param>
/// <param name="ChunkRows">A chunk ends with the first row group that reaches so many rows.</param>
/// <param name="ChunkBytes">The same of bytes before compression.</param>
internal sealed record ParquetLimits(
    int MemoryMegabytes = 256, int Threads = 2, int Batch = 512 * 1024, long ChunkRows = 1_000_000, long ChunkBytes = 64L << 20)
{
    /// <summary>For one of several readers that share what one alone would have.</summary>
    public ParquetLimits Half => this with { MemoryMegabytes = MemoryMegabytes / 2, Threads = Math.Max(1, Threads / 2) };

    public static ParquetLimits Default { get; } = new();
}
