using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Etl.Loader.Survey.Formats;

namespace Etl.Loader.Survey.Delimited;

/// <summary>
/// Reads a stream on a thread of its own, some blocks ahead: reading, hashing, decompressing and decoding on one core while the other
/// scans. Memory is bounded by the blocks. Owns <paramref name="inner"/>.
/// </summary>
internal sealed class ReadAheadStream : ForwardStream
{
    private const int BlockBytes = 256 * 1024;
    private const int Blocks = 4;

    private readonly Stream _inner;
    private readonly BlockingCollection<byte[]> _free = [];
    private readonly BlockingCollection<(byte[] Block, int Length)> _full = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread _thread;
    private ExceptionDispatchInfo? _fault;
    private byte[] _block = [];
    private int _at;
    private int _length;
    private bool _ended;

    public ReadAheadStream(Stream inner)
    {
        _inner = inner;
        for (var i = 0; i < Blocks; i++)
        {
            _free.Add(new byte[BlockBytes]);
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
                _free.Add(_block);
            }

            (_block, _length) = _full.Take(_stop.Token);
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
        if (disposing && !_stop.IsCancellationRequested)
        {
            _stop.Cancel();
            _thread.Join();
            _inner.Dispose();
            _free.Dispose();
            _full.Dispose();
            _stop.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>An empty block ends the stream; a fault is thrown where the reader comes to it, on the reader's thread.</summary>
    private void ReadAhead()
    {
        try
        {
            int read;
            do
            {
                var block = _free.Take(_stop.Token);
                read = 0;
                try
                {
                    read = _inner.Read(block);
                }
                catch (Exception exception)
                {
                    _fault = ExceptionDispatchInfo.Capture(exception);
                }

                _full.Add((block, read), _stop.Token);
            }
            while (read > 0);
        }
        catch (OperationCanceledException)
        {
            // The reader went away.
        }
    }
}
