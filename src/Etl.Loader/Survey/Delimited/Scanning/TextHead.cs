using System.Text;
using Etl.Loader.Survey.Delimited.Dialects;
using Etl.Loader.Survey.Streams;

namespace Etl.Loader.Survey.Delimited.Scanning;

/// <summary>The part of a text file before its first record: skipped lines and the header.</summary>
/// <param name="Rest">The text from the first record on.</param>
/// <param name="Bytes">Length of the part before, in decoded text.</param>
/// <param name="Lines">Physical lines of the part before.</param>
/// <param name="Header">The header record as it is; empty where there is none.</param>
internal readonly record struct TextHead(Stream Rest, long Bytes, long Lines, byte[] Header)
{
    private const int Block = 16 * 1024;

    /// <summary>Reads past the lines to skip and the header; the header may have line breaks in quotes.</summary>
    public static TextHead Skip(Stream text, Dialect dialect, ScanDialect scan)
    {
        var buffer = new byte[Block];
        var have = 0;
        var at = 0;
        var skip = dialect.Skip;
        long lines = 0;
        byte[]? header = null;
        while (true)
        {
            if (have == buffer.Length)
            {
                Array.Resize(ref buffer, buffer.Length * 2);
            }

            var read = text.Read(buffer.AsSpan(have));
            have += read;
            var ended = read == 0;
            for (; skip > 0 && TryLine(buffer.AsSpan(at, have - at), ended, out var length); skip--, lines++)
            {
                at += length;
            }

            if (skip == 0 && header is not null)
            {
                return new(new PrefixedStream(buffer.AsMemory(at, have - at), text), at, lines, header);
            }

            // Blank lines before the header are none of it.
            while (skip == 0 && dialect.Header && at < have && buffer[at] is (byte)'\r' or (byte)'\n'
                && TryLine(buffer.AsSpan(at, have - at), ended, out var length))
            {
                at += length;
                lines++;
            }

            if (skip == 0 && !dialect.Header)
            {
                return new(new PrefixedStream(buffer.AsMemory(at, have - at), text), at, lines, []);
            }

            if (skip == 0 && at < have)
            {
                var end = new RecordEnd(scan);
                var length = end.Feed(buffer.AsSpan(at, have - at));
                length = length < 0 && ended ? have - at : length;
                if (length >= 0)
                {
                    header = buffer.AsSpan(at, length).ToArray();
                    at += length;
                    lines += end.Lines;
                    if (dialect.Below == 0)
                    {
                        return new(new PrefixedStream(buffer.AsMemory(at, have - at), text), at, lines, header);
                    }

                    skip = dialect.Below;
                    continue;
                }
            }

            if (ended)
            {
                return new(text, have, lines, header ?? []);
            }
        }
    }

    /// <summary>The table's records: up to where it ends.</summary>
    /// <param name="offset">Where the first record begins in the decoded text.</param>
    public Stream Body(Dialect dialect, long offset) => dialect.End is { } end ? new BoundedStream(Rest, end - offset) : Rest;

    /// <summary>The column names in the header record.</summary>
    public IReadOnlyList<string> Names(Dialect dialect)
    {
        var records = SampleRecords.Read(Encoding.UTF8.GetString(Header), true, dialect.Delimiter, dialect.Quote, dialect.Escape == '\\').Records;
        return records.Count == 0 ? [] : HeaderNames.Of(records[0].Fields, dialect);
    }

    private static bool TryLine(ReadOnlySpan<byte> text, bool ended, out int length)
    {
        length = text.IndexOfAny((byte)'\r', (byte)'\n') + 1;
        if (length == 0)
        {
            length = text.Length;
            return ended && length > 0;
        }

        if (text[length - 1] == '\r')
        {
            if (length == text.Length)
            {
                return ended;
            }

            length += text[length] == '\n' ? 1 : 0;
        }

        return true;
    }
}
