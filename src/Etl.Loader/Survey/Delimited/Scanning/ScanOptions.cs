namespace Etl.Loader.Survey.Delimited.Scanning;

/// <summary>Where a scan begins: in the middle of a file for a chunk.</summary>
/// <param name="Offset">Of the first byte, in the decoded text.</param>
/// <param name="Line">Physical line of the first byte, from 1.</param>
/// <param name="Row">Number of the first record, from 0.</param>
internal readonly record struct ScanStart(long Offset, long Line, long Row);

/// <summary>Sizes of a scan and of the survey; tests make them tiny so that every border is crossed.</summary>
internal sealed record ScanOptions
{
    /// <summary>Bytes read at once; a batch holds about so many. Fits the second-level cache together with its fields.</summary>
    public int BufferBytes { get; init; } = 256 * 1024;

    /// <summary>Records longer than this are rejected.</summary>
    public int MaxRecordBytes { get; init; } = RecordScanner.DefaultMaxRecordBytes;

    /// <summary>Chunks end with the first batch that reaches this many bytes.</summary>
    public long ChunkBytes { get; init; } = 64L * 1024 * 1024;

    /// <summary>Decoded bytes, at least, of the parts of text that can only be read from its start.</summary>
    public long PartBytes { get; init; } = 4L * 1024 * 1024;

    /// <summary>Bytes from the file's start that the dialect is found from; the whole file is checked against it.</summary>
    public int SampleBytes { get; init; } = 128 * 1024;

    /// <summary>Chunks of about so many bytes; parts of text that can only be read from its start are no larger.</summary>
    public static ScanOptions WithChunks(long bytes)
    {
        var usual = new ScanOptions();
        return usual with { ChunkBytes = bytes, PartBytes = Math.Min(usual.PartBytes, bytes) };
    }
}
