using System.Runtime.CompilerServices;
using System.Text.Unicode;
using Etl.Loader.Survey.Delimited.Encodings;

namespace Etl.Loader.Survey.Delimited.Scanning;

internal sealed partial class RecordScanner
{
    /// <summary>
    /// Ends a record that is not simply right: the last one, one to be looked at, a blank line, a short one to pad, a damaged one. Returns
    /// the index of the next free field.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int EndOdd(
        RecordBatch batch, int from, int textEnd, int end, int fieldBase, int next, int count, DamageKind damage, bool careful)
    {
        if (textEnd == from && columns > 1)
        {
            BlankLines++;
            _gaps += _row > 0 && (_gaps == 0 || _gapRow != _row) ? 1 : 0;
            _gapRow = _row;
            return fieldBase;
        }

        var raw = batch.Data.AsSpan(from, textEnd - from);
        if (careful && raw.StartsWith(JoinMark))
        {
            // Between files that were joined: no part of the record behind it.
            Joined++;
            ref var first = ref batch.Fields[fieldBase];
            if (raw.Length == JoinMark.Length && columns > 1)
            {
                return fieldBase;
            }

            first = first.Start == from && first.Length >= JoinMark.Length
                ? new(from + JoinMark.Length, first.Length - JoinMark.Length is > 0 and var rest ? rest : dialect.EmptyIsNull ? -1 : 0)
                : first;
        }

        if (dialect.Comments && count != columns && raw.StartsWith("#"u8))
        {
            Remarks++;
            return fieldBase;
        }

        if (textEnd == from && !dialect.Pad)
        {
            damage = DamageKind.BlankLine;
        }

        if (damage == DamageKind.None && careful)
        {
            damage = raw.Contains((byte)0) ? DamageKind.NulByte : raw.Contains((byte)0x1A) ? DamageKind.EndMark : Utf8.IsValid(raw) ? DamageKind.None : DamageKind.Encoding;
            SawMultibyte |= damage == DamageKind.None && raw.IndexOfAnyInRange((byte)0x80, (byte)0xFF) >= 0;
        }

        if (damage == DamageKind.None && count < columns && textEnd > from)
        {
            damage = textEnd == end ? DamageKind.Torn : dialect.Pad && !MayPad(batch, fieldBase, count) ? DamageKind.Shifted : damage;
        }

        if (damage == DamageKind.None && count < columns && dialect.Pad)
        {
            Padded++;
            if (fieldBase + columns + Block + 2 > batch.Fields.Length)
            {
                Grow(batch, fieldBase + columns);
            }

            for (; count < columns; count++)
            {
                batch.Fields[next++] = new(from, -1);
            }
        }

        if (damage == DamageKind.None && count == columns && raw.Length <= options.MaxRecordBytes)
        {
            batch.Lines[batch.Rows] = _line;
            batch.Offsets[batch.Rows++] = _offset + from;
            _row++;
            return next;
        }

        damage = damage != DamageKind.None ? damage : count != columns ? DamageKind.FieldCount : DamageKind.TooLong;
        AddReject(damage, _offset + from, end - from, batch.Data.AsSpan(from, end - from), count);
        return fieldBase;
    }

    private bool MayPad(RecordBatch batch, int fieldBase, int count)
    {
        for (var column = 0; dialect.Padding is { } padding && column < count; column++)
        {
            var field = batch.Fields[fieldBase + column];
            if (field.Length >= 0 && !padding.Fits(column, batch.Data.AsSpan(field.Start, field.Length)))
            {
                return false;
            }
        }

        return true;
    }

    private void AddReject(DamageKind kind, long offset, long bytes, ReadOnlySpan<byte> raw, int count)
    {
        var reason = Damage.Reason(kind, count, columns, HasHeader);
        var other = kind == DamageKind.Encoding && !SawMultibyte && EncodingVerdict.Of(EncodedWords.Of(raw)).Likeliest.Count > 0;
        _rejects.Add(new(kind, new(file, _line, offset, bytes, null, reason, Show(raw)), count < columns, other));
        _row++;
    }

    /// <summary>The carried bytes are the start of a record beyond the limit: finds its end without keeping it.</summary>
    private bool SkipOversize(RecordBatch batch)
    {
        var end = new RecordEnd(dialect);
        var (offset, bytes) = (_offset, 0L);
        var shown = _carry.AsSpan(0, Math.Min(_carried, ShownRawBytes)).ToArray();
        var block = _carry;
        var have = _carried;
        while (true)
        {
            var length = end.Feed(block.AsSpan(0, have));
            if (length >= 0)
            {
                bytes += length;
                Hash?.Append(block.AsSpan(0, length));
                _carried = have - length;
                block.AsSpan(length, _carried).CopyTo(block);
                break;
            }

            bytes += have;
            Hash?.Append(block.AsSpan(0, have));

            // Never so much that what is left over would pass for another record beyond the limit, or want a larger buffer.
            have = text.Read(block.AsSpan(0, Math.Min(options.BufferBytes, options.MaxRecordBytes)));
            if (have == 0)
            {
                _ended = true;
                _carried = 0;
                if (end.Open)
                {
                    throw Unclosed(shown);
                }

                break;
            }
        }

        AddReject(DamageKind.TooLong, offset, bytes, shown, columns);
        _offset += bytes;
        _line += end.Lines;
        EnsureData(batch, FirstBytes, 0);
        batch.DataOffset = _offset;
        Grow(batch, 0);
        batch.Offsets[0] = _offset;
        return true;
    }
}
