namespace Etl.Loader.Survey.Formats;

/// <param name="MemoryMegabytes">What DuckDB may use while it reads one file.</param>
/// <param name="Threads">Of DuckDB, for one file.</param>
/// <param name="Batch">A batch ends with the first record that reaches so many bytes.</param>
internal sealed record ParquetLimits(int MemoryMegabytes = 256, int Threads = 2, int Batch = 512 * 1024)
{
    public static ParquetLimits Default { get; } = new();
}
