using System.Buffers;

namespace Etl.Loader.Survey.JsonLines;

/// <summary>
/// Takes text apart at line feeds. A line is a range of <see cref="Buffer"/> and valid until the next one is read. The buffer grows for long
/// lines up to <paramref name="maxLine"/> and shrinks again; of a longer line only the beginning is kept. Owns <paramref name="text"/>.
/// </summary>
/// <param name="offset">Where the text begins in its file.</param>
/// <param name="line">Physical line that comes first, from 1.</param>
/// <param name="hashing">True: chunks are hashed.</param>
internal sealed class JsonLineReader(Stream text, int bufferSize, int maxLine, long offset = 0, long line = 1, bool hashing = false) : IDisposable
{
    private const int KeptOfLongLine = 1024;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(bufferSize);
    private readonly ChunkHash? _hash = hashing ? new() : null;
    private long _nextLine = line;
    private long _bufferOffset = offset;
    private int _hashed;
    private int _next;
    private int _end;
    private bool _ended;

    public byte[] Buffer => _buffer;

    /// <summary>First byte of the line in <see cref="Buffer"/>.</summary>
    public int Start { get; private set; }

    /// <summary>Without the line feed; of a line that is too long only what is kept of it.</summary>
    public int Length { get; private set; }

    public bool TooLong { get; private set; }

    /// <summary>Physical line, from 1.</summary>
    public long Line { get; private set; }

    /// <summary>Where the line begins in the decoded text of the file.</summary>
    public long Offset { get; private set; }

    /// <summary>Where the next line begins in the decoded text of the file.</summary>
    public long EndOffset { get; private set; }

    public bool TryRead()
    {
        var scanned = 0;
        TooLong = false;
        while (true)
        {
            var found = _buffer.AsSpan(_next + scanned, _end - _next - scanned).IndexOf((byte)'\n');
            if (found >= 0)
            {
                Take(scanned + found, 1);
                Cut();
                return true;
            }

            scanned = _end - _next;
            if (_ended)
            {
                Take(scanned, 0);
                Cut();
                return scanned > 0;
            }

            if (scanned > maxLine)
            {
                SkipLongLine();
                return true;
            }

            Fill();
        }
    }

    /// <summary>The hash of the chunk that ends where the line just read begins; that line must not be one that is too long.</summary>
    public string FinishHashBeforeLine() => FinishHash(Start);

    /// <summary>The hash of the last chunk, when the text has been read to its end.</summary>
    public string FinishHash() => FinishHash(_next);

    public void Dispose()
    {
        text.Dispose();
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    private string FinishHash(int upTo)
    {
        _hash!.Append(_buffer.AsSpan(_hashed, upTo - _hashed));
        _hashed = upTo;
        return _hash.Finish();
    }

    private void Take(int length, int lineFeed)
    {
        Start = _next;
        Length = length;
        Line = _nextLine++;
        Offset = _bufferOffset + _next;
        _next += length + lineFeed;
        EndOffset = _bufferOffset + _next;
    }

    /// <summary>A line that is too long is so whether the buffer happens to hold it or not.</summary>
    private void Cut()
    {
        if (Length > maxLine)
        {
            (Length, TooLong) = (Math.Min(KeptOfLongLine, maxLine), true);
        }
    }

    private void SkipLongLine()
    {
        var beginning = _buffer.AsSpan(_next, Math.Min(KeptOfLongLine, maxLine)).ToArray();
        var start = _bufferOffset + _next;
        var line = _nextLine;
        Take(_end - _next, 0);
        while (!_ended)
        {
            Fill();
            var found = _buffer.AsSpan(_next, _end - _next).IndexOf((byte)'\n');
            _nextLine = line;
            Take(found >= 0 ? found : _end - _next, found >= 0 ? 1 : 0);
            if (found >= 0)
            {
                break;
            }
        }

        // What is kept goes behind everything that is still to be read, so that it cannot be overwritten before the next line.
        Reserve(beginning.Length);
        beginning.CopyTo(_buffer, _end);
        (Start, Length, Offset, TooLong) = (_end, beginning.Length, start, true);
    }

    private void Fill()
    {
        _hash?.Append(_buffer.AsSpan(_hashed, _next - _hashed));
        _hashed = 0;
        var rest = _end - _next;
        var wanted = Math.Max(bufferSize, rest * 2);
        if (wanted > _buffer.Length || _buffer.Length > 4L * Math.Max(wanted, 4096))
        {
            var other = ArrayPool<byte>.Shared.Rent(wanted);
            _buffer.AsSpan(_next, rest).CopyTo(other);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = other;
        }
        else
        {
            _buffer.AsSpan(_next, rest).CopyTo(_buffer);
        }

        _bufferOffset += _next;
        _next = 0;
        _end = rest;
        var read = text.Read(_buffer.AsSpan(_end));
        _end += read;
        _ended = read == 0;
    }

    private void Reserve(int bytes)
    {
        if (_buffer.Length - _end >= bytes)
        {
            return;
        }

        var other = ArrayPool<byte>.Shared.Rent(_end + bytes);
        _buffer.AsSpan(0, _end).CopyTo(other);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = other;
    }
}
