namespace Etl.Loader.Survey.Streams;

/// <summary>The bytes of one chunk of an uncompressed file. At its end they are compared with what the survey saw there.</summary>
internal sealed class ChunkStream : ForwardStream
{
    private readonly SourceFile _file;
    private readonly Chunk _chunk;
    private readonly FileStream _stream;
    private readonly ChunkHash _hash = new();
    private long _left;
    private bool _compared;

    public ChunkStream(SourceFile file, Chunk chunk)
    {
        (_file, _chunk, _left) = (file, chunk, chunk.Bytes);
        _stream = DataStreams.OpenRaw(file);
        _stream.Position = chunk.Offset;
    }

    /// <summary>Place in the file up to which it was read.</summary>
    public long EndOffset => _chunk.Offset + _chunk.Bytes - _left;

    public override int Read(Span<byte> buffer)
    {
        var read = _stream.Read(buffer[..(int)Math.Min(buffer.Length, _left)]);
        _hash.Append(buffer[..read]);
        _left -= read;
        if (read == 0 && buffer.Length > 0 && !_compared)
        {
            Compare();
        }

        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _stream.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Compare()
    {
        _compared = true;
        if (_left > 0 || _hash.Finish() != _chunk.Hash)
        {
            throw ChangedFile.Fault(_file, $"in the {Amounts.Counted(_chunk.Bytes, "byte")} from {_chunk.Offset} on");
        }
    }
}
