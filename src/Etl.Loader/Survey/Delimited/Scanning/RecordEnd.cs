namespace Etl.Loader.Survey.Delimited.Scanning;

/// <summary>Finds the end of one record byte by byte, over as many buffers as it takes: for the rare records that are not kept whole.</summary>
internal sealed class RecordEnd(ScanDialect dialect)
{
    private bool _fieldStart = true;
    private bool _inQuotes;
    private bool _maybeClosed;
    private bool _escaped;
    private bool _afterReturn;
    private int _matched;

    /// <summary>True where the bytes so far end inside a quoted field.</summary>
    public bool Open => _inQuotes && !_maybeClosed;

    /// <summary>Physical lines passed, the record's own end included.</summary>
    public long Lines { get; private set; }

    /// <summary>Bytes of this buffer up to and with the record's line end; -1 where the record continues.</summary>
    public int Feed(ReadOnlySpan<byte> bytes)
    {
        for (var i = 0; i < bytes.Length; i++)
        {
            var c = bytes[i];
            if (_afterReturn)
            {
                _afterReturn = false;
                if (!_inQuotes)
                {
                    return c == '\n' ? i + 1 : i;
                }

                if (c == '\n')
                {
                    continue;
                }
            }

            if (_inQuotes)
            {
                FeedQuoted(c);
                if (_inQuotes)
                {
                    continue;
                }
            }

            if (c == '\r')
            {
                Lines++;
                _afterReturn = true;
                continue;
            }

            if (c == '\n')
            {
                Lines++;
                return i + 1;
            }

            if (c == dialect.Quote && dialect.Quote != 0 && _fieldStart)
            {
                _inQuotes = true;
                _fieldStart = false;
                continue;
            }

            _matched = c == dialect.Delimiter[_matched] ? _matched + 1 : c == dialect.Delimiter[0] ? 1 : 0;
            _fieldStart = _matched == dialect.Delimiter.Length;
            _matched = _fieldStart ? 0 : _matched;
        }

        return -1;
    }

    /// <summary>One byte inside quotes; leaves them when it is the one after a closing quote.</summary>
    private void FeedQuoted(byte c)
    {
        if (_maybeClosed)
        {
            _maybeClosed = false;
            _inQuotes = dialect.Doubling && c == dialect.Quote;
            return;
        }

        if (_escaped)
        {
            _escaped = false;
        }
        else if (c == dialect.Quote)
        {
            _maybeClosed = true;
        }
        else if (c == '\\' && dialect.Backslash)
        {
            _escaped = true;
        }

        if (c is (byte)'\n' or (byte)'\r')
        {
            Lines++;
            _afterReturn = c == '\r';
        }
    }
}
