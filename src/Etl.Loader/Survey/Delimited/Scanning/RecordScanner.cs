using System.Text;
using System.Text.Unicode;

namespace Etl.Loader.Survey.Delimited.Scanning;

/// <summary>
/// Takes UTF-8 text apart into records, 32 bytes at a time. Survey and readers use the same scanner, so that both see the same records.
/// Damaged records are left out of the batch and are in <see cref="Rejects"/>; nothing is ever dropped without a trace.
/// </summary>
/// <remarks>LF, CR and CRLF all end a record outside quotes. Quotes are quotes at the start of a field only.</remarks>
internal sealed partial class RecordScanner(Stream text, ScanDialect dialect, int columns, ScanStart start, ScanOptions options, string file)
{
    public const int DefaultMaxRecordBytes = 16 * 1024 * 1024;

    /// <summary>Readable bytes after the data, for vector loads.</summary>
    private const int Slack = 64;

    /// <summary>A record at the limit still has its line end behind it.</summary>
    private const int LineEndBytes = 2;

    private const int ShownRawBytes = 64 * 1024;

    /// <summary>So much is asked for at first: with thousands of small files large arrays, soon thrown away, were a quarter of the loader's time.</summary>
    private const int FirstBytes = 16 * 1024;

    private static ReadOnlySpan<byte> JoinMark => "\uFEFF"u8;

    private readonly List<DamagedRecord> _rejects = [];
    private byte[] _carry = [];
    private int _carried;
    private bool _ended;
    private long _offset = start.Offset;
    private long _line = start.Line;
    private long _row = start.Row;
    private long _gapRow;
    private int _gaps;

    /// <summary>Records that could not be taken apart, in file order; the caller may clear it after each batch.</summary>
    public List<DamagedRecord> Rejects => _rejects;

    /// <summary>Number of the next record, from 0, rejected ones counted.</summary>
    public long NextRow => _row;

    /// <summary>Physical line of the next record.</summary>
    public long NextLine => _line;

    /// <summary>Where the next record begins in the decoded text.</summary>
    public long NextOffset => _offset;

    /// <summary>True once a valid character outside ASCII was seen.</summary>
    public bool SawMultibyte { get; private set; }

    /// <summary>Empty lines among the records, which are not records where there is more than one column.</summary>
    public long BlankLines { get; private set; }

    /// <summary>Places between records where there are blank lines.</summary>
    public int Gaps => _gaps - (_gaps > 0 && _gapRow == _row ? 1 : 0);

    /// <summary>Lines that begin with '#' and are not records.</summary>
    public long Remarks { get; private set; }

    /// <summary>Byte order marks in front of records, where files were joined.</summary>
    public long Joined { get; private set; }

    /// <summary>Records that were shorter than the header and got nulls.</summary>
    public long Padded { get; private set; }

    /// <summary>How lines ended: bit 0 LF, bit 1 CRLF, bit 2 CR.</summary>
    public int LineEnds { get; private set; }

    /// <summary>True: the first record named the columns; for messages.</summary>
    public bool HasHeader { get; init; }

    /// <summary>What is in the batch's data from here on is free.</summary>
    public int DataEnd { get; private set; }

    /// <summary>Gets the bytes of every record, in order; null: no one wants a hash.</summary>
    public ChunkHash? Hash { get; set; }

    /// <summary>Fills the batch; false at the end of the text. A batch may have no rows where all its records are damaged.</summary>
    public bool Read(RecordBatch batch)
    {
        batch.Rows = 0;
        batch.Columns = columns;
        if (_ended)
        {
            return false;
        }

        if (_carried > options.MaxRecordBytes + LineEndBytes)
        {
            return SkipOversize(batch);
        }

        var have = Fill(batch);
        var state = (_line, _row, _rejects.Count, BlankLines, Padded, Remarks, _gaps, _gapRow, Joined);
        // In a file of one column a blank line may be a null or nothing: each record is looked at.
        var dirty = batch.Data.AsSpan(0, have).IndexOfAny((byte)0, (byte)0x1A) >= 0;
        var consumed = Scan(batch, have, final: _ended, careful: dirty || columns == 1);
        batch.IsCleanText = !dirty;
        if (!dirty && !Ascii.IsValid(batch.Data.AsSpan(0, consumed)))
        {
            if (Utf8.IsValid(batch.Data.AsSpan(0, consumed)) && batch.Data.AsSpan(0, consumed).IndexOf(JoinMark) < 0)
            {
                SawMultibyte = true;
            }
            else
            {
                // Somewhere in here is a byte that is not text, or a byte order mark: again, with every record looked at.
                batch.IsCleanText = false;
                (_line, _row, var rejects, BlankLines, Padded, Remarks, _gaps, _gapRow, Joined) = state;
                _rejects.RemoveRange(rejects, _rejects.Count - rejects);
                consumed = Scan(batch, have, final: _ended, careful: true);
            }
        }

        if (_ended && consumed < have)
        {
            throw Unclosed(batch.Data.AsSpan(consumed, have - consumed));
        }

        Keep(batch.Data.AsSpan(consumed, have - consumed));
        Hash?.Append(batch.Data.AsSpan(0, consumed));
        _offset += consumed;
        return consumed > 0 || !_ended;
    }

    /// <summary>A record of the batch just read as a reject; its raw text is taken from the batch.</summary>
    public RejectedRecord Describe(RecordBatch batch, int row, string? column, string reason)
    {
        var from = (int)(batch.Offsets[row] - batch.DataOffset);
        var until = (int)(batch.Offsets[row + 1] - batch.DataOffset);
        var end = new RecordEnd(dialect);
        var raw = batch.Data.AsSpan(from, until - from);
        var length = end.Feed(raw) is var found and > 0 ? found : raw.Length;
        return new(file, batch.Lines[row], batch.Offsets[row], length, column, reason, Show(raw[..length]));
    }

    private static string Show(ReadOnlySpan<byte> raw) =>
        Encoding.UTF8.GetString(raw[..Math.Min(raw.Length, ShownRawBytes)]).TrimEnd('\r', '\n').Replace('\0', '\uFFFD');

    private int Fill(RecordBatch batch)
    {
        var capacity = Capacity();
        EnsureData(batch, Math.Min(capacity, Math.Max(FirstBytes, 2 * _carried)), 0);
        _carry.AsSpan(0, _carried).CopyTo(batch.Data);
        var have = _carried;
        while (have < capacity)
        {
            var room = Math.Min(capacity, (batch.Data.Length - 2 * Slack) / 2);
            if (have == room)
            {
                EnsureData(batch, (int)Math.Min(capacity, 4L * room), have);
                continue;
            }

            var read = text.Read(batch.Data.AsSpan(have, room - have));
            if (read == 0)
            {
                _ended = true;
                break;
            }

            have += read;
        }

        batch.DataOffset = _offset;
        return have;
    }

    /// <summary>
    /// The buffer's size, doubled until there is room behind what was carried. So a batch that begins with a record ends with the same one, whatever
    /// was read before it and with which carry: a later reading that skips what was loaded finds the same parts.
    /// </summary>
    private int Capacity()
    {
        // A record beyond the limit never fits, however much of it was carried: it always ends in the same way.
        var most = Math.Max(options.BufferBytes, options.MaxRecordBytes + LineEndBytes + 1);
        var capacity = options.BufferBytes;
        while (capacity <= _carried && capacity < most)
        {
            capacity = (int)Math.Min(2L * capacity, most);
        }

        return capacity;
    }

    /// <summary>Room for the raw bytes, and behind them for what is unescaped from them, which is never more.</summary>
    /// <param name="kept">Bytes that stay.</param>
    private static void EnsureData(RecordBatch batch, int capacity, int kept)
    {
        if (batch.Data.Length < 2 * capacity + 2 * Slack)
        {
            var larger = GC.AllocateUninitializedArray<byte>(2 * capacity + 2 * Slack);
            batch.Data.AsSpan(0, kept).CopyTo(larger);
            batch.Data = larger;
        }
    }

    private void Keep(ReadOnlySpan<byte> rest)
    {
        if (rest.Length > _carry.Length)
        {
            _carry = new byte[Math.Max(rest.Length, Math.Min(2 * _carry.Length, options.BufferBytes))];
        }

        rest.CopyTo(_carry);
        _carried = rest.Length;
    }

    private DatasetException Unclosed(ReadOnlySpan<byte> rest) => new(
        $"{file}: a quote opened in the record at line {_line} is never closed; it would swallow the last {Amounts.Counted(rest.Length, "byte")} of the file.",
        "Close the quote, or write \"dialect\": {\"quote\": \"\"} in the trigger if quotes are ordinary characters in this file.",
        file,
        _line);
}

/// <summary>A reject, with what the survey needs to say about it.</summary>
/// <param name="OtherEncoding">Its bytes that are not UTF-8 make sense in another encoding.</param>
internal sealed record DamagedRecord(DamageKind Kind, RejectedRecord Record, bool TooFew, bool OtherEncoding);
