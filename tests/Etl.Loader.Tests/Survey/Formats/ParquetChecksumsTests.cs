using System.Buffers.Binary;
using System.IO.Hashing;
using Etl.Loader.Survey.Parquet;

namespace Etl.Loader.Tests.Survey.Formats;

/// <summary>Where a file has checksums of its pages they are compared; each turned bit is found.</summary>
public class ParquetChecksumsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_turned_bit_in_a_page_is_found(int seed)
    {
        var random = new Random(seed);
        for (var member = 0; member < 200; member++)
        {
            var (file, pages) = Write(random, withChecksums: true);
            ParquetChecksums.Verify(new MemoryStream(file), "data.parquet", CancellationToken.None);

            var (start, length) = pages[random.Next(pages.Count)];
            file[start + random.Next(length)] ^= (byte)(1 << random.Next(8));
            var fault = Assert.Throws<DatasetException>(() => ParquetChecksums.Verify(new MemoryStream(file), "data.parquet", CancellationToken.None));
            Assert.Equal("a.b", fault.Column);
        }
    }

    [Fact]
    public void A_file_without_checksums_or_of_another_form_is_left_to_its_reader()
    {
        var random = new Random(3);
        for (var member = 0; member < 200; member++)
        {
            var (file, pages) = Write(random, withChecksums: false);
            file[pages[0].Start] ^= 1;
            ParquetChecksums.Verify(new MemoryStream(file), "data.parquet", CancellationToken.None);

            // Whatever is in the footer, no other fault comes of it.
            file[file.Length - 9 - random.Next(40)] = (byte)random.Next(256);
            Assert.Null(Record.Exception(() => ParquetChecksums.Verify(new MemoryStream(file), "data.parquet", CancellationToken.None)));
            Assert.Null(Record.Exception(() => ParquetChecksums.Verify(new MemoryStream(file[..random.Next(file.Length)]), "data.parquet", CancellationToken.None)));
        }
    }

    /// <summary>A file of one column in one row group, and where the bytes of its pages lie.</summary>
    private static (byte[] File, List<(int Start, int Length)> Pages) Write(Random random, bool withChecksums)
    {
        var file = new List<byte>("PAR1"u8.ToArray());
        var pages = new List<(int, int)>();
        for (var page = random.Next(1, 5); page > 0; page--)
        {
            var data = new byte[random.Next(1, 6000)];
            random.NextBytes(data);
            byte[] crc = withChecksums ? [0x15, .. Signed(unchecked((int)Crc32.HashToUInt32(data)))] : [];
            // Type, sizes, checksum, and a head of the data page that no one looks into.
            file.AddRange([0x15, .. Signed(0), 0x15, .. Signed(data.Length), 0x15, .. Signed(data.Length), .. crc, withChecksums ? (byte)0x1C : (byte)0x2C, 0x15, .. Signed(7), 0x00, 0x00]);
            pages.Add((file.Count, data.Length));
            file.AddRange(data);
        }

        var column = new List<byte>([0x39, 0x28, 1, (byte)'a', 1, (byte)'b', 0x46, .. Signed(file.Count - 4), 0x26, .. Signed(4), 0x00]);
        byte[] footer = [0x15, .. Signed(2), 0x39, 0x1C, 0x19, 0x1C, 0x3C, .. column, 0x00, 0x00, 0x00];
        var length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, footer.Length);
        return ([.. file, .. footer, .. length, .. "PAR1"u8], pages);
    }

    /// <summary>An integer as Thrift's compact form has it.</summary>
    private static byte[] Signed(long value)
    {
        var left = (ulong)((value << 1) ^ (value >> 63));
        var bytes = new List<byte>();
        for (; left >= 0x80; left >>= 7)
        {
            bytes.Add((byte)(left | 0x80));
        }

        return [.. bytes, (byte)left];
    }
}
