using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Etl.Loader.Survey.Delimited.Scanning;

internal sealed partial class RecordScanner
{
    private const int Block = 32;

    /// <summary>Blocks until plain text is looked for again where there was little of it.</summary>
    private const int Patience = 8;

    /// <summary>
    /// Takes data[0..have) apart. Returns where the first record begins that is not complete; with <paramref name="final"/> nothing
    /// follows, so that only an open quote leaves one.
    /// </summary>
    /// <param name="careful">True: look at every record for NUL bytes and invalid text.</param>
    // Compiled at its best from the start: one call may see most of a file before the runtime would notice.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private unsafe int Scan(RecordBatch batch, int have, bool final, bool careful)
    {
        batch.Rows = 0;
        Grow(batch, 0);
        var delimiterLength = dialect.Delimiter.Length;
        byte delimiter = dialect.Delimiter[0], quote = dialect.WatchedQuote;
        int pos = 0, recordStart = 0, fieldStart = 0, next = 0, fieldBase = 0, dropped = 0, quotedStart = -1, quotedLength = 0;
        var append = have + Slack;
        var emptyIsNull = dialect.EmptyIsNull ? -1 : 0;
        var nullTexts = dialect.HasNullTexts;
        var longest = options.MaxRecordBytes;
        long innerLines = 0;
        var damage = DamageKind.None;
        var fields = batch.Fields;
        var delimiters = Vector256.Create(delimiter);
        var quotes = Vector256.Create(quote == 0 ? delimiter : quote);
        var controls = Vector256.Create((byte)13);
        var plain = !careful && delimiterLength == 1 && !nullTexts;
        var patience = 0;

        fixed (byte* p = batch.Data)
        {
            while (pos < have)
            {
                if (next + PlainBlock + 2 > fields.Length || batch.Rows + PlainBlock + 2 > batch.Lines.Length)
                {
                    Grow(batch, next);
                    fields = batch.Fields;
                }

                if (plain && --patience < 0 && quotedStart < 0 && damage == DamageKind.None && dropped == 0 && innerLines == 0)
                {
                    var place = new Place { Pos = pos, RecordStart = recordStart, FieldStart = fieldStart, FieldBase = fieldBase, Next = next };
                    ScanPlain(batch, p, have, ref place);
                    patience = place.Pos - pos < Patience * Block ? Patience : 0;
                    (pos, recordStart, fieldStart, fieldBase, next) = (place.Pos, place.RecordStart, place.FieldStart, place.FieldBase, place.Next);
                    fields = batch.Fields;
                    continue;
                }

                if (next - fieldBase > columns + Block)
                {
                    // Too many already: what is counted need not be kept.
                    dropped += next - fieldBase - columns - 1;
                    next = fieldBase + columns + 1;
                }

                var bytes = Vector256.Load(p + pos);
                var quoteMask = Vector256.Equals(bytes, quotes).ExtractMostSignificantBits();
                var controlMask = Vector256.Equals(Vector256.Min(bytes, controls), bytes).ExtractMostSignificantBits();
                var mask = quoteMask | controlMask | Vector256.Equals(bytes, delimiters).ExtractMostSignificantBits();
                if (pos + Block > have)
                {
                    mask &= (1u << (have - pos)) - 1;
                }

                while (mask != 0)
                {
                    var at = pos + BitOperations.TrailingZeroCount(mask);
                    mask &= mask - 1;
                    if (at < fieldStart)
                    {
                        continue;
                    }

                    var c = p[at];
                    if (c == delimiter)
                    {
                        if (delimiterLength > 1)
                        {
                            if (at + delimiterLength > have && !final)
                            {
                                return Finish(batch, recordStart, append);
                            }

                            if (!dialect.DelimiterAt(new ReadOnlySpan<byte>(p + at, have - at)))
                            {
                                damage = dialect.Bare && damage == DamageKind.None ? DamageKind.BareDelimiter : damage;
                                continue;
                            }
                        }
                    }
                    else if (c is (byte)'\n' or (byte)'\r')
                    {
                        // Without the byte after a CR no one knows whether it is one line end or two.
                        if (c == '\r' && at + 1 == have && !final)
                        {
                            return Finish(batch, recordStart, append);
                        }
                    }
                    else if (c == quote && c != 0)
                    {
                        if (dialect.Quote == 0)
                        {
                            damage = at == fieldStart ? DamageKind.UnexpectedQuote : damage;
                            continue;
                        }

                        if (at != fieldStart)
                        {
                            damage = damage == DamageKind.None ? DamageKind.StrayQuote : damage;
                            continue;
                        }

                        var escaped = false;
                        var close = -1;
                        var later = quoteMask & (uint)(ulong.MaxValue << (at - pos + 1));
                        if (later != 0 && dialect.Doubling)
                        {
                            close = pos + BitOperations.TrailingZeroCount(later);
                            close = close + 1 < have && p[close + 1] != quote ? close : -1;
                        }

                        if (close < 0)
                        {
                            close = FindClose(new ReadOnlySpan<byte>(p, have), at + 1, final, out escaped);
                            if (close < 0)
                            {
                                return Finish(batch, recordStart, append);
                            }
                        }

                        quotedStart = at + 1;
                        quotedLength = close - at - 1;
                        if (close - pos >= Block || (controlMask & Between(at - pos, close - pos)) != 0)
                        {
                            innerLines += CountLines(new ReadOnlySpan<byte>(p + quotedStart, quotedLength));
                        }

                        if (escaped)
                        {
                            var written = Unescape(new ReadOnlySpan<byte>(p + quotedStart, quotedLength), p + append);
                            quotedStart = append;
                            quotedLength = written;
                            append += written;
                        }

                        var after = close + 1;
                        if (after + delimiterLength > have && after < have && !final)
                        {
                            return Finish(batch, recordStart, append);
                        }

                        if (after < have && p[after] is not ((byte)'\n' or (byte)'\r')
                            && !dialect.DelimiterAt(new ReadOnlySpan<byte>(p + after, have - after)))
                        {
                            damage = damage == DamageKind.None ? DamageKind.TextAfterQuote : damage;
                        }

                        if (after >= pos + Block)
                        {
                            pos = after;
                            goto NextBlock;
                        }

                        mask &= (uint)(ulong.MaxValue << (after - pos));
                        continue;
                    }
                    else
                    {
                        continue;
                    }

                    if (quotedStart >= 0)
                    {
                        fields[next++] = new(quotedStart, quotedLength);
                        quotedStart = -1;
                    }
                    else
                    {
                        var length = at - fieldStart;
                        if (nullTexts && dialect.IsNullText(new ReadOnlySpan<byte>(p + fieldStart, length)))
                        {
                            length = -1;
                        }

                        fields[next++] = new(fieldStart, length | (((length - 1) >> 31) & emptyIsNull));
                    }

                    if (c == delimiter)
                    {
                        fieldStart = at + delimiterLength;
                        continue;
                    }

                    var lineEnd = c == '\n' ? 1 : at + 1 < have && p[at + 1] == '\n' ? 2 : 4;
                    LineEnds |= lineEnd;
                    fieldStart = at + (lineEnd == 2 ? 2 : 1);
                    var count = next - fieldBase + dropped;
                    if (count == columns && damage == DamageKind.None && !careful && at - recordStart <= longest)
                    {
                        batch.Lines[batch.Rows] = _line;
                        batch.Offsets[batch.Rows++] = _offset + recordStart;
                        _row++;
                    }
                    else
                    {
                        next = EndOdd(batch, recordStart, at, fieldStart, fieldBase, next, count, damage, careful);
                    }

                    _line += 1 + innerLines;
                    innerLines = 0;
                    recordStart = fieldStart;
                    fieldBase = next;
                    dropped = 0;
                    damage = DamageKind.None;
                }

                pos += Block;
            NextBlock:;
            }

            if (final && recordStart < have)
            {
                if (next + 2 > fields.Length || batch.Rows + 2 > batch.Lines.Length)
                {
                    Grow(batch, next);
                    fields = batch.Fields;
                }

                var length = have - fieldStart;
                var unquoted = nullTexts && dialect.IsNullText(new ReadOnlySpan<byte>(p + fieldStart, length)) ? -1 : length;
                fields[next++] = quotedStart >= 0
                    ? new(quotedStart, quotedLength)
                    : new(fieldStart, unquoted | (((unquoted - 1) >> 31) & emptyIsNull));
                next = EndOdd(batch, recordStart, have, have, fieldBase, next, next - fieldBase + dropped, damage, careful);
                _line += 1 + innerLines;
                recordStart = have;
            }
        }

        return Finish(batch, recordStart, append);
    }

    private int Finish(RecordBatch batch, int consumed, int dataEnd)
    {
        batch.Offsets[batch.Rows] = _offset + consumed;
        DataEnd = dataEnd;
        return consumed;
    }

    private static uint Between(int from, int until) => (uint)((1UL << until) - 1) & (uint)(ulong.MaxValue << from);

    /// <summary>Line ends, wherever they stand: quoted ones begin a line as well.</summary>
    private static int CountLines(ReadOnlySpan<byte> text) => text.Count((byte)'\n') + text.Count((byte)'\r') - text.Count("\r\n"u8);

    /// <summary>The closing quote, or -1 where the data ends before it is certain.</summary>
    private int FindClose(ReadOnlySpan<byte> data, int from, bool final, out bool escaped)
    {
        escaped = false;
        while (from < data.Length)
        {
            var rest = data[from..];
            var i = dialect.Backslash ? rest.IndexOfAny(dialect.Quote, (byte)'\\') : rest.IndexOf(dialect.Quote);
            if (i < 0)
            {
                return -1;
            }

            var at = from + i;
            if (at + 1 == data.Length)
            {
                return final && data[at] == dialect.Quote ? at : -1;
            }

            if (data[at] == dialect.Quote && !(dialect.Doubling && data[at + 1] == dialect.Quote))
            {
                return at;
            }

            escaped = true;
            from = at + 2;
        }

        return -1;
    }

    private unsafe int Unescape(ReadOnlySpan<byte> raw, byte* target)
    {
        var written = 0;
        var escape = dialect.Backslash ? (byte)'\\' : dialect.Quote;
        while (true)
        {
            var i = raw.IndexOf(escape);
            if (i < 0 || i + 1 == raw.Length)
            {
                raw.CopyTo(new Span<byte>(target + written, raw.Length));
                return written + raw.Length;
            }

            // A backslash before anything but a quote or a backslash is text.
            var keep = dialect.Backslash && raw[i + 1] != dialect.Quote && raw[i + 1] != '\\';
            raw[..i].CopyTo(new Span<byte>(target + written, i));
            written += i;
            if (keep)
            {
                target[written++] = raw[i];
            }

            target[written++] = raw[i + 1];
            raw = raw[(i + 2)..];
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow(RecordBatch batch, int used)
    {
        if (used + PlainBlock + 2 > batch.Fields.Length)
        {
            var larger = new Field[Math.Max(batch.Fields.Length * 2, Math.Max(1024, used + columns + 2 * PlainBlock))];
            batch.Fields.AsSpan(0, used).CopyTo(larger);
            batch.Fields = larger;
        }

        if (batch.Rows + PlainBlock + 2 > batch.Lines.Length)
        {
            var size = Math.Max(batch.Lines.Length * 2, 256);
            var (lines, offsets) = (new long[size], new long[size + 1]);
            batch.Lines.AsSpan(0, batch.Rows).CopyTo(lines);
            batch.Offsets.AsSpan(0, Math.Min(batch.Rows, batch.Offsets.Length)).CopyTo(offsets);
            (batch.Lines, batch.Offsets) = (lines, offsets);
        }
    }
}
