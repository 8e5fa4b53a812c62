using Etl.Loader.Survey.Streams;

namespace Etl.Loader.Survey;

/// <summary>Which format a file has: by its name below the compression's, otherwise by its first bytes.</summary>
internal static class FormatEvidence
{
    private const int Looked = 4096;

    public static DataFormat Of(SourceFile file)
    {
        var name = file.Name.ToLowerInvariant();
        if (Path.GetExtension(name) is ".gz" or ".zst")
        {
            name = Path.GetFileNameWithoutExtension(name);
        }

        return Path.GetExtension(name) switch
        {
            ".csv" or ".tsv" or ".tab" or ".psv" => DataFormat.Delimited,
            // A JSON array too: the surveyor of JSON lines says how to make lines of it, the one of delimited text would make a table of brackets.
            ".json" or ".jsonl" or ".ndjson" => DataFormat.JsonLines,
            ".parquet" or ".pq" => DataFormat.Parquet,
            _ => OfBytes(file),
        };
    }

    private static DataFormat OfBytes(SourceFile file)
    {
        using var stream = DataStreams.OpenDecompressed(file, out _, out Func<long> _);
        var buffer = new byte[Looked];
        var bytes = buffer.AsSpan(0, stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false));
        if (bytes.StartsWith("PAR1"u8))
        {
            return DataFormat.Parquet;
        }

        var text = bytes.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? bytes[3..] : bytes;
        text = text.TrimStart(" \t\r\n"u8);
        var inArray = text.StartsWith("["u8) ? text[1..].TrimStart(" \t\r\n"u8) : text;
        return inArray.StartsWith("{"u8) && inArray[1..].TrimStart(" \t\r\n"u8).StartsWith("\""u8)
            ? DataFormat.JsonLines
            : DataFormat.Delimited;
    }
}
