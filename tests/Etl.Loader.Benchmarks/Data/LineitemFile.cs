using Etl.Loader.Benchmarks.Running;

namespace Etl.Loader.Benchmarks.Data;

/// <summary>A file of <see cref="Lineitem"/> rows: how long it is, what is at any place of it, and how to put it on a disk.</summary>
/// <param name="rows">Data rows; one header comes before them.</param>
internal sealed class LineitemFile(long rows)
{
    public long Rows { get; } = rows;

    public long Length { get; } = Lineitem.Header.Length
        + (rows / Lineitem.BlockRows * Lineitem.BlockBytes)
        + Lineitem.WriteBlock(rows / Lineitem.BlockRows, (int)(rows % Lineitem.BlockRows), new byte[Lineitem.BlockBytes]);

    public long Blocks => (Rows + Lineitem.BlockRows - 1) / Lineitem.BlockRows;

    /// <summary>The file of about so many gigabytes (10⁹ bytes), in whole blocks.</summary>
    public static LineitemFile OfGigabytes(double gigabytes) => new(Math.Max(1, (long)(gigabytes * 1e9 / Lineitem.BlockBytes)) * Lineitem.BlockRows);

    public static long OffsetOf(long block) => Lineitem.Header.Length + (block * Lineitem.BlockBytes);

    /// <summary>Returns the block's bytes; only the last one may have fewer than <see cref="Lineitem.BlockBytes"/>.</summary>
    public int WriteBlock(long block, Span<byte> target) =>
        Lineitem.WriteBlock(block, (int)Math.Min(Lineitem.BlockRows, Rows - (block * Lineitem.BlockRows)), target);

    /// <summary>Writes the file and waits until the disk has it: what is measured next does not pay for it.</summary>
    public async Task WriteAsync(string path, CancellationToken token)
    {
        FreeSpace.Require(path, Length);
        using var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write, FileShare.Read, FileOptions.Asynchronous, Length);
        await RandomAccess.WriteAsync(file, Lineitem.Header.ToArray(), 0, token);
        const int run = 16;
        await Parallel.ForAsync(0, (Blocks + run - 1) / run, token, async (number, stop) =>
        {
            var buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(run * Lineitem.BlockBytes);
            var length = 0;
            for (var block = number * run; block < Math.Min((number + 1) * run, Blocks); block++)
            {
                length += WriteBlock(block, buffer.AsSpan(length));
            }

            await RandomAccess.WriteAsync(file, buffer.AsMemory(0, length), OffsetOf(number * run), stop);
            System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
        });
        RandomAccess.FlushToDisk(file);
    }
}
