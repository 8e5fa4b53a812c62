namespace Etl.Loader.Survey.JsonLines;

/// <summary>Sizes in bytes; only tests choose others.</summary>
/// <param name="Buffer">What is read at once; memory follows from it and from the longest line, never from the file.</param>
/// <param name="MaxLine">A longer line is rejected.</param>
/// <param name="Chunk">A chunk ends with the first record that reaches this size.</param>
/// <param name="Batch">A batch ends with the first record that reaches this size.</param>
internal sealed record JsonLinesLimits(
    int Buffer = 1024 * 1024, int MaxLine = 16 * 1024 * 1024, long Chunk = 64 * 1024 * 1024, int Batch = 256 * 1024)
{
    public static JsonLinesLimits Default { get; } = new();
}
