using Etl.Loader.Survey.Delimited.Dialects;
using Etl.Loader.Survey.Delimited.Encodings;
using Etl.Loader.Survey.Streams;

namespace Etl.Loader.Survey.Delimited.Scanning;

/// <summary>
/// A text file on its way to the scanner: hashed as delivered, decompressed, decoded into UTF-8, without byte order mark. Its beginning
/// can be looked at before it is read.
/// </summary>
internal sealed class TextSource : IDisposable
{
    /// <summary>Most small files are no larger.</summary>
    private const int FirstBytes = 16 * 1024;

    private readonly HashingStream _delivered;
    private readonly EndMarkStream _text;

    private readonly CancellationToken _token;

    private TextSource(HashingStream delivered, Stream text, ReadOnlyMemory<byte> sample, bool sampleIsWhole, CancellationToken token)
    {
        (_delivered, _token) = (delivered, token);
        Sample = sampleIsWhole ? sample[..sample.Span.TrimEnd(EndMarkStream.Mark).Length] : sample;
        _text = new(new PrefixedStream(sample, sampleIsWhole ? text : new ReadAheadStream(text)));
        SampleIsWhole = sampleIsWhole;
    }

    /// <summary>UTF-8 from the first character on.</summary>
    public Stream Text => _text;

    /// <summary>End marks behind the text that was read; they are left out of it.</summary>
    public int EndMarks => _text.Skipped;

    /// <summary>The first bytes of <see cref="Text"/>.</summary>
    public ReadOnlyMemory<byte> Sample { get; }

    /// <summary>True: there is nothing after the sample.</summary>
    public bool SampleIsWhole { get; }

    public required string Compression { get; init; }

    public required string Encoding { get; init; }

    /// <summary>False where later bytes may still show another encoding.</summary>
    public required bool EncodingCertain { get; init; }

    /// <summary>The words that show the encoding; null: it is Unicode.</summary>
    private EncodedWordStream? Words { get; init; }

    /// <summary>Where the text begins in the file, for plain UTF-8: behind the byte order mark.</summary>
    public required int TextOffset { get; init; }

    /// <summary>True where offsets in the text are offsets in the file.</summary>
    public bool IsPlain => Compression == DataStreams.None && Encoding == EncodingEvidence.Utf8Name;

    public long BytesRead => _delivered.BytesRead;

    /// <param name="encoding">As the producer says; null: by the bytes.</param>
    public static TextSource Open(SourceFile file, string? encoding, int sampleBytes, CancellationToken token)
    {
        if (encoding is not null && !Utf8DecodingStream.Knows(encoding))
        {
            throw new DatasetException(
                $"The encoding '{encoding}' is not known.", "Use its IANA name: utf-8, utf-16le, windows-1252, iso-8859-15, …", file.Name);
        }

        var stream = CancellableStream.Of(DataStreams.OpenDecompressed(file, out var compression, out HashingStream delivered), token);
        try
        {
            var (sample, whole) = ReadSample(stream, sampleBytes);
            var evidence = EncodingEvidence.Of(sample.Span, whole);
            if (encoding is null && BinaryEvidence.Of(sample.Span, decodable: evidence.Verdict is null or { Name: EncodingEvidence.Windows1252 }) is { } kind)
            {
                throw NoText(file, kind);
            }

            var name = encoding?.ToLowerInvariant() ?? evidence.Name ?? throw evidence.Refusal(file.Name);
            var mark = 0;
            EncodedWordStream? words = null;
            if (name is EncodingEvidence.Utf8Name or "utf8" or "us-ascii" or "ascii")
            {
                name = EncodingEvidence.Utf8Name;
                mark = evidence.Name == name ? evidence.MarkBytes : 0;
                sample = sample[mark..];
            }
            else
            {
                stream = new PrefixedStream(sample, stream);
                stream = new Utf8DecodingStream(name.StartsWith("utf-", StringComparison.Ordinal) ? stream : words = new(stream), name);
                (sample, whole) = ReadSample(stream, sampleBytes);
            }

            return new(delivered, stream, sample, whole, token)
            {
                Compression = compression,
                Encoding = name,
                EncodingCertain = encoding is not null || evidence.Certain,
                TextOffset = mark,
                Words = words,
            };
        }
        catch (InvalidDataException exception)
        {
            stream.Dispose();
            throw Undecodable(file, exception);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    public static DatasetException Undecodable(SourceFile file, InvalidDataException exception) => new(
        $"{file.Name}: {exception.Message}",
        "Write the file's encoding in the trigger (\"dialect\": {\"encoding\": \"…\"}), or deliver it as UTF-8.",
        file.Name,
        inner: exception);

    /// <summary>
    /// To be called at the end of the text where its encoding was found, not said: throws where words came that its beginning did not have and
    /// that may be of another encoding.
    /// </summary>
    public void HoldEncoding(string file)
    {
        if (Words is { } words && EncodingVerdict.Of(words.Finish()) is var verdict && verdict.Name != Encoding)
        {
            throw verdict.Refusal(file);
        }
    }

    public string FinishSha256() => _delivered.FinishSha256(_token);

    public void Dispose()
    {
        Text.Dispose();
        _delivered.Dispose();
    }

    private static DatasetException NoText(SourceFile file, string kind) => new(
        $"{file.Name} is not text but {kind}.",
        "Deliver delimited text or JSON lines, plain or compressed by gzip or zstd, or Parquet with \"format\": \"parquet\". If it is text after all, "
        + "write its encoding in the trigger: \"dialect\": {\"encoding\": \"utf-8\"}.",
        file.Name);

    private static (ReadOnlyMemory<byte> Sample, bool Whole) ReadSample(Stream stream, int size)
    {
        var buffer = new byte[Math.Min(size, FirstBytes)];
        var read = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        if (read == buffer.Length && read < size)
        {
            Array.Resize(ref buffer, size);
            read += stream.ReadAtLeast(buffer.AsSpan(read), size - read, throwOnEndOfStream: false);
        }

        return (buffer.AsMemory(0, read), read < size);
    }
}
