using System.Text;

namespace Etl.Loader.Survey.Streams;

/// <summary>
/// Text of another encoding as UTF-8. Strict: bytes that the encoding does not know are an <see cref="InvalidDataException"/> with their
/// offset, never a replacement character. A byte order mark is dropped. Owns <paramref name="inner"/>.
/// </summary>
/// <param name="ianaName">utf-16le, utf-16be, windows-1252, iso-8859-1, … and utf-8, which is only checked.</param>
internal sealed class Utf8DecodingStream(Stream inner, string ianaName) : ForwardStream
{
    private const int BufferSize = 64 * 1024;

    /// <summary>Bytes of the reading before that are kept in front of the next, to find where undecodable ones began.</summary>
    private const int Kept = 8;

    private readonly Decoder _decoder = EncodingOf(ianaName).GetDecoder();
    private readonly byte[] _bytes = new byte[Kept + BufferSize];
    private readonly char[] _chars = new char[BufferSize + 16];
    private readonly byte[] _text = new byte[3 * (BufferSize + 16)];

    /// <summary>Keeps the first half of a surrogate pair when a decoder gives the halves apart.</summary>
    private readonly Encoder _encoder = new UTF8Encoding(false, true).GetEncoder();
    private long _consumed;
    private int _last;
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
        _bytes.AsSpan(_last, Kept).CopyTo(_bytes);
        var read = inner.Read(_bytes.AsSpan(Kept));
        _last = read;
        _finished = read == 0;
        Span<char> chars = _chars;
        try
        {
            chars = chars[.._decoder.GetChars(_bytes.AsSpan(Kept, read), chars, flush: _finished)];
        }
        catch (DecoderFallbackException exception)
        {
            // The index counts from what was read last; of half a surrogate pair it is that of the character behind it.
            var unknown = exception.BytesUnknown ?? [];
            var at = Math.Max(0, exception.Index + Kept);
            var behind = !_bytes.AsSpan(at, Kept + read - at).StartsWith(unknown);
            var offset = _consumed + exception.Index - (behind ? unknown.Length : 0);
            throw new InvalidDataException($"The bytes {Convert.ToHexStringLower(unknown)} at offset {offset} are not {ianaName}.", exception);
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
