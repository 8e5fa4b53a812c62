namespace Etl.Loader.Survey.JsonLines;

/// <summary>
/// Finds the places between records where a file may be read from, each at least <paramref name="size"/> bytes after the one before.
/// </summary>
internal sealed class JsonChunks(long size)
{
    private readonly List<Chunk> _chunks = [];
    private long _offset;
    private long _firstRow;
    private long _firstLine = 1;

    /// <summary>Called with each record; begins a chunk with it when the one before is large enough.</summary>
    public void Begin(JsonLineReader lines, long row)
    {
        // The start of a line that is too long is not in the buffer any more, so it cannot be hashed from there.
        if (lines.Offset - _offset < size || lines.TooLong)
        {
            return;
        }

        Add(lines.Offset, row, lines.FinishHashBeforeLine());
        (_offset, _firstRow, _firstLine) = (lines.Offset, row, lines.Line);
    }

    public IReadOnlyList<Chunk> Finish(JsonLineReader lines, long rows)
    {
        Add(lines.EndOffset, rows, lines.FinishHash());
        return _chunks;
    }

    private void Add(long end, long rows, string hash) => _chunks.Add(new(_offset, end - _offset, _firstRow, rows - _firstRow, _firstLine, hash));
}
