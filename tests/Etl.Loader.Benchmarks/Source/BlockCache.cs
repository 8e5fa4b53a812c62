using Etl.Loader.Benchmarks.Data;

namespace Etl.Loader.Benchmarks.Source;

/// <summary>The blocks of a generated file that were asked for last: readers ask for small pieces, in order, at a few places.</summary>
internal sealed class BlockCache(LineitemFile file)
{
    private readonly Slot[] _slots = [.. Enumerable.Range(0, 16).Select(_ => new Slot())];

    /// <summary>Copies what is at the offset, as far as the file goes; returns how much that was.</summary>
    public int Read(long offset, Span<byte> target)
    {
        target = target[..(int)Math.Clamp(file.Length - offset, 0, target.Length)];
        var done = 0;
        while (done < target.Length)
        {
            var at = offset + done;
            done += at < Lineitem.Header.Length
                ? Copy(Lineitem.Header[(int)at..], target[done..])
                : ReadBlock((at - Lineitem.Header.Length) / Lineitem.BlockBytes, at, target[done..]);
        }

        return done;
    }

    private int ReadBlock(long block, long at, Span<byte> target)
    {
        var slot = _slots[block % _slots.Length];
        lock (slot)
        {
            if (slot.Block != block)
            {
                slot.Length = file.WriteBlock(block, slot.Bytes);
                slot.Block = block;
            }

            return Copy(slot.Bytes.AsSpan((int)(at - LineitemFile.OffsetOf(block))..slot.Length), target);
        }
    }

    private static int Copy(ReadOnlySpan<byte> source, Span<byte> target)
    {
        var length = Math.Min(source.Length, target.Length);
        source[..length].CopyTo(target);
        return length;
    }

    private sealed class Slot
    {
        public long Block { get; set; } = -1;

        public int Length { get; set; }

        public byte[] Bytes { get; } = new byte[Lineitem.BlockBytes];
    }
}
