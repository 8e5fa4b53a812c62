namespace Etl.Loader.Survey.Delimited.Scanning;

internal sealed partial class RecordScanner
{
    /// <summary>
    /// Continues behind whole records without taking them apart: only hashes them and counts their lines. The text may end earlier; the hash shows it.
    /// </summary>
    public void Skip(long bytes, long rows, CancellationToken token)
    {
        var afterReturn = false;
        if (_carry.Length < options.BufferBytes)
        {
            Array.Resize(ref _carry, options.BufferBytes);
        }

        while (bytes > 0)
        {
            token.ThrowIfCancellationRequested();
            if (_carried == 0 && (_carried = text.Read(_carry.AsSpan(0, (int)Math.Min(bytes, options.BufferBytes)))) == 0)
            {
                _ended = true;
                break;
            }

            var skipped = (int)Math.Min(bytes, _carried);
            var span = _carry.AsSpan(0, skipped);
            Hash?.Append(span);
            _line += CountLines(span) - (afterReturn && span[0] == '\n' ? 1 : 0);
            afterReturn = span[^1] == '\r';
            Keep(_carry.AsSpan(skipped, _carried - skipped));
            _offset += skipped;
            bytes -= skipped;
        }

        _row += rows;
    }
}
