using System.Text;

namespace Etl.Loader.Survey.Formats;

/// <summary>
/// Text of another encoding as UTF-8. Strict: bytes that the encoding does not know are an <see cref="InvalidDataException"/> with their
/// offset, never a replacement character. A byte order mark is dropped. Owns <paramref name="inner"/>.
/// </summary>
/// <param name="ianaName">utf-16le, utf-16be, windows-1252, iso-8859-1, … and utf-8, which is only checked.</param>
internal sealed class Utf8DecodingStream(Stream inner, string ianaName) : ForwardStream
{
    private const int BufferSize = 64 * 1024;

    private readonly Decoder _decoder = EncodingOf(ianaName).GetDecoder();
    private readonly byte[] _bytes = new byte[BufferSize];
    private readonly char[] _chars = new char[BufferSize + 16];
    private readonly byte[] _text = new byte[3 * (BufferSize + 16)];

    /// <summary>Keeps the first half of a surrogate pair when a decoder gives the halves apart.</summary>
    private readonly Encoder _encoder = new UTF8Encoding(false, true).GetEncoder();
    private long _consumed;
    private int _start;
    private int _end;
    private bool _begun;
    private bool _finished;

    /// <summary>True for a name that this stream can decode.</summary>
    public static bool Knows(string ianaName)
    {
        try
        {
            return EncodingOf(ianaName) is not null;
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            return false;
        }
    }

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty)
        {
            return 0;
        }

        while (_start == _end && !_finished)
        {
            Fill();
        }

        var taken = Math.Min(_end - _start, buffer.Length);
        _text.AsSpan(_start, taken).CopyTo(buffer);
        _start += taken;
        return taken;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>The provider is asked for the encoding, not registered: registration would change the whole process.</summary>
    private static Encoding EncodingOf(string ianaName) =>
        CodePagesEncodingProvider.Instance.GetEncoding(ianaName, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback)
        ?? Encoding.GetEncoding(ianaName, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);

    private void Fill()
    {
        var read = inner.Read(_bytes);
        _finished = read == 0;
        Span<char> chars = _chars;
        try
        {
            chars = chars[.._decoder.GetChars(_bytes.AsSpan(0, read), chars, flush: _finished)];
        }
        catch (DecoderFallbackException exception)
        {
            // The index counts from this buffer's start and is negative for a character that began in the one before.
            var offset = _consumed + exception.Index;
            throw new InvalidDataException(
                $"The bytes {Convert.ToHexStringLower(exception.BytesUnknown ?? [])} at offset {offset} are not {ianaName}.", exception);
        }

        _consumed += read;
        if (!_begun && !chars.IsEmpty)
        {
            _begun = true;
            chars = chars[0] == '\uFEFF' ? chars[1..] : chars;
        }

        _start = 0;
        _end = _encoder.GetBytes(chars, _text, flush: _finished);
    }
}
