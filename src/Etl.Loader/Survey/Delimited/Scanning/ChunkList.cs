namespace Etl.Loader.Survey.Delimited.Scanning;

/// <summary>Cuts a plain text file between records into parts that can be read, hashed and repeated on their own.</summary>
internal sealed class ChunkList
{
    private readonly ChunkHash _hash = new();
    private readonly List<Chunk> _chunks = [];
    private readonly RecordScanner _scanner;
    private readonly long _chunkBytes;
    private (long Offset, long Row, long Line) _start;

    public ChunkList(RecordScanner scanner, long chunkBytes)
    {
        (_scanner, _chunkBytes) = (scanner, chunkBytes);
        scanner.Hash = _hash;
        _start = (scanner.NextOffset, scanner.NextRow, scanner.NextLine);
    }

    /// <summary>To be called after each batch.</summary>
    public void Advance()
    {
        if (_scanner.NextOffset - _start.Offset >= _chunkBytes)
        {
            Close();
        }
    }

    public IReadOnlyList<Chunk> Finish()
    {
        if (_scanner.NextOffset > _start.Offset)
        {
            Close();
        }

        return _chunks;
    }

    private void Close()
    {
        _chunks.Add(new(
            _start.Offset, _scanner.NextOffset - _start.Offset, _start.Row, _scanner.NextRow - _start.Row, _start.Line, _hash.Finish()));
        _start = (_scanner.NextOffset, _scanner.NextRow, _scanner.NextLine);
    }
}
