using System.IO.Compression;

namespace Etl.Loader.Survey.Streams;

/// <summary>
/// The content of a gzip file, all its members in order, with the guarantee that an incomplete or damaged one does not end quietly.
/// </summary>
/// <remarks>
/// The framework's decoder checks each member's length and checksum, but takes a file that just stops for a finished one. So a member of
/// our own is put behind the delivered bytes: only where the last delivered member ended exactly at the file's end is it decoded, and its
/// content comes out last. It is held back from the reader and compared.
/// </remarks>
internal sealed class GzipDataStream : ForwardStream
{
    private const int BufferSize = 128 * 1024;

    private readonly string _name;
    private readonly MarkedStream _delivered;
    private readonly GZipStream _decoder;
    private readonly byte[] _buffer = new byte[BufferSize];
    private int _start;
    private int _end;
    private bool _finished;

    public GzipDataStream(Stream delivered, string name)
    {
        _name = name;
        _delivered = new MarkedStream(delivered);
        _decoder = new GZipStream(_delivered, CompressionMode.Decompress);
    }

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty)
        {
            return 0;
        }

        while (!_finished && _end - _start <= GzipEndMark.Content.Length)
        {
            Fill();
        }

        var available = _end - _start - (_finished ? 0 : GzipEndMark.Content.Length);
        var taken = Math.Min(available, buffer.Length);
        _buffer.AsSpan(_start, taken).CopyTo(buffer);
        _start += taken;
        return taken;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _decoder.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Fill()
    {
        _buffer.AsSpan(_start.._end).CopyTo(_buffer);
        _end -= _start;
        _start = 0;
        int read;
        try
        {
            read = _decoder.Read(_buffer.AsSpan(_end));
        }
        catch (InvalidDataException exception)
        {
            // The decoder asks for more only when it has used up all it had, so the mark was asked for by an unfinished member.
            throw _delivered.MarkTaken ? Truncated(exception) : Damaged(exception);
        }

        _end += read;
        if (read > 0)
        {
            return;
        }

        _finished = true;
        if (!_buffer.AsSpan(0, _end).EndsWith(GzipEndMark.Content))
        {
            throw _delivered.MarkTaken ? Truncated(null) : Trailing();
        }

        _end -= GzipEndMark.Content.Length;
    }

    private DatasetException Truncated(Exception? inner) => new(
        $"{_name} is truncated: the file ends inside its gzip stream, after {Amounts.Counted(_delivered.BytesRead, "byte")}.",
        "Deliver it again.",
        _name,
        inner: inner);

    private DatasetException Damaged(Exception inner) => new(
        $"{_name} is damaged: its gzip stream cannot be decoded within the first {Amounts.Counted(_delivered.BytesRead, "byte")} ({inner.Message}).",
        "Deliver it again.",
        _name,
        inner: inner);

    private DatasetException Trailing() => new(
        $"{_name} has bytes after its gzip stream that are not gzip data, within the first {Amounts.Counted(_delivered.BytesRead, "byte")}.",
        "Deliver it again, compressed by gzip alone.",
        _name);

    /// <summary>The delivered bytes, and the end mark behind them.</summary>
    private sealed class MarkedStream(Stream delivered) : ForwardStream
    {
        private int _markRead;

        public long BytesRead { get; private set; }

        public bool MarkTaken => _markRead > 0;

        public override int Read(Span<byte> buffer)
        {
            if (_markRead == 0 && delivered.Read(buffer) is > 0 and var read)
            {
                BytesRead += read;
                return read;
            }

            var rest = GzipEndMark.Member[_markRead..];
            var taken = Math.Min(rest.Length, buffer.Length);
            rest[..taken].CopyTo(buffer);
            _markRead += taken;
            return taken;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                delivered.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
