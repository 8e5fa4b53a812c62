using System.Text;
using Etl.Loader.Benchmarks.Data;
using Etl.Loader.Benchmarks.Source;

namespace Etl.Loader.Tests.Benchmarks;

/// <summary>The generated file must be the same at every reading, from a disk or made on the way, or a measurement would load damaged data.</summary>
public class LineitemFileTests
{
    private const long Rows = (3 * Lineitem.BlockRows) + 17;

    [Fact]
    public async Task A_written_file_has_its_rows_each_of_sixteen_columns()
    {
        var text = Encoding.ASCII.GetString(await WrittenAsync());
        var lines = text.Split('\n');
        Assert.Equal("", lines[^1]);
        Assert.Equal(Rows + 1, lines.Length - 1);
        Assert.All(lines[..^1], line => Assert.Equal(16, line.Split(',').Length));
        Assert.Equal((1 + ((Rows - 1) / 4)).ToString(System.Globalization.CultureInfo.InvariantCulture), lines[^2].Split(',')[0]);
    }

    [Fact]
    public void A_whole_block_has_the_same_size_whatever_its_number()
    {
        var target = new byte[Lineitem.BlockBytes];
        Assert.All([0, 1, 999, 19_999, 1_000_000], (long block) => Assert.Equal(Lineitem.BlockBytes, Lineitem.WriteBlock(block, Lineitem.BlockRows, target)));
    }

    [Fact]
    public async Task Every_part_read_at_any_time_is_the_part_of_the_written_file()
    {
        var written = await WrittenAsync();
        var blocks = new BlockCache(new LineitemFile(Rows));
        const int seed = 20_251;
        var random = new Random(seed);
        var buffer = new byte[1 << 20];
        for (var i = 0; i < 300; i++)
        {
            var offset = random.Next(written.Length + 10);
            var asked = random.Next(buffer.Length);
            var read = blocks.Read(offset, buffer.AsSpan(0, asked));
            Assert.Equal(Math.Clamp(written.Length - offset, 0, asked), read);
            Assert.True(buffer.AsSpan(0, read).SequenceEqual(written.AsSpan(Math.Min(offset, written.Length), read)), $"seed {seed}: {asked} bytes at {offset} differ.");
        }
    }

    private static async Task<byte[]> WrittenAsync()
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            await new LineitemFile(Rows).WriteAsync(path, TestContext.Current.CancellationToken);
            return await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
