using System.Buffers;
using System.Runtime.ExceptionServices;

namespace Etl.Loader.Survey.Streams;

/// <summary>
/// Reads a stream on a thread of its own, some blocks ahead: reading, hashing, decompressing and decoding on one core while the other
/// scans. Memory is bounded by the blocks. Owns <paramref name="inner"/>.
/// </summary>
/// <remarks>Who has to wait sleeps immediately: spinning takes the core away from other work, a tenth of the survey's time.</remarks>
internal sealed class ReadAheadStream : ForwardStream
{
    private const int BlockBytes = 256 * 1024;
    private const int Blocks = 4;

    private readonly Stream _inner;
    private readonly object _gate = new();
    private readonly Queue<byte[]> _free = new();
    private readonly Queue<(byte[] Block, int Length)> _full = new();
    private readonly Thread _thread;
    private ExceptionDispatchInfo? _fault;
    private byte[] _block = [];
    private int _at;
    private int _length;
    private bool _ended;
    private bool _stopped;

    public ReadAheadStream(Stream inner)
    {
        _inner = inner;
        for (var i = 0; i < Blocks; i++)
        {
            // Each chunk of a large file has a stream of its own.
            _free.Enqueue(ArrayPool<byte>.Shared.Rent(BlockBytes));
        }

        _thread = new Thread(ReadAhead) { IsBackground = true, Name = "survey read-ahead" };
        _thread.Start();
    }

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty || _ended)
        {
            return 0;
        }

        if (_at == _length)
        {
            if (_block.Length > 0)
            {
                Put(_free, _block);
            }

            Take(_full, out var next);
            (_block, _length) = next;
            _at = 0;
            if (_length == 0)
            {
                _ended = true;
                _fault?.Throw();
                return 0;
            }
        }

        var taken = Math.Min(buffer.Length, _length - _at);
        _block.AsSpan(_at, taken).CopyTo(buffer);
        _at += taken;
        return taken;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_stopped)
        {
            lock (_gate)
            {
                _stopped = true;
                Monitor.PulseAll(_gate);
            }

            _thread.Join();
            _inner.Dispose();
            foreach (var block in _free.Concat(_full.Select(full => full.Block)).Append(_block).Where(block => block.Length > 0))
            {
                ArrayPool<byte>.Shared.Return(block);
            }

            (_block, _ended) = ([], true);
        }

        base.Dispose(disposing);
    }

    /// <summary>An empty block ends the stream; a fault is thrown where the reader comes to it, on the reader's thread.</summary>
    private void ReadAhead()
    {
        var read = 1;
        while (read > 0 && Take(_free, out var block))
        {
            read = 0;
            try
            {
                read = _inner.Read(block);
            }
            catch (Exception exception)
            {
                _fault = ExceptionDispatchInfo.Capture(exception);
            }

            Put(_full, (block, read));
        }
    }

    private void Put<T>(Queue<T> queue, T item)
    {
        lock (_gate)
        {
            queue.Enqueue(item);
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>False: the reader went away.</summary>
    private bool Take<T>(Queue<T> queue, out T item)
    {
        lock (_gate)
        {
            while (queue.Count == 0 && !_stopped)
            {
                Monitor.Wait(_gate);
            }

            item = _stopped ? default! : queue.Dequeue();
            return !_stopped;
        }
    }
}
