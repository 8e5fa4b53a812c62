using System.IO.Compression;
using System.Security.Cryptography;
using Etl.Loader.Survey;
using Etl.Loader.Survey.Streams;

namespace Etl.Loader.Tests.Survey.Formats;

public sealed class DataStreamsTests : IDisposable
{
    private readonly DataFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Compression_is_recognised_by_the_first_bytes_and_not_by_the_name()
    {
        var content = DataFiles.Content(10_000, 1);
        Assert.Equal(("none", content.Length), Describe(_files.Write("plain.gz", content), content));
        Assert.Equal(("gzip", content.Length), Describe(_files.Write("gzip.csv", DataFiles.Gzip(content)), content));
        Assert.Equal(("zstd", content.Length), Describe(_files.Write("zstd.csv", DataFiles.Zstd(content)), content));
        Assert.Equal(("none", 0), Describe(_files.Write("empty.gz", []), []));
        Assert.Equal(("none", 1), Describe(_files.Write("one.gz", [0x1F]), [0x1F]));
        Assert.Equal(("gzip", 0), Describe(_files.Write("nothing.gz", DataFiles.Gzip([])), []));
    }

    [Theory]
    [InlineData(CompressionLevel.Optimal)]
    [InlineData(CompressionLevel.NoCompression)]
    public void A_gzip_file_cut_anywhere_is_truncated(CompressionLevel level)
    {
        var whole = DataFiles.Gzip(DataFiles.Content(700, 2), level);
        for (var length = 2; length < whole.Length; length++)
        {
            var fault = Assert.Throws<DatasetException>(() => ReadAll(_files.Write("cut.gz", whole[..length])));
            Assert.Equal("cut.gz", fault.File);
            Assert.StartsWith("cut.gz is truncated", fault.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Stored_blocks_cut_just_where_the_end_mark_would_fill_them_are_truncated()
    {
        // Every place at which the bytes that are missing are as many as the mark has, or fewer, with and without its header.
        var whole = DataFiles.Gzip(DataFiles.Content(70_000, 3), CompressionLevel.NoCompression);
        for (var missing = 1; missing <= 2 * GzipEndMark.Member.Length + 20; missing++)
        {
            Assert.Throws<DatasetException>(() => ReadAll(_files.Write("cut.gz", whole[..^missing])));
        }
    }

    [Fact]
    public void A_large_gzip_file_cut_at_many_places_is_truncated()
    {
        var whole = DataFiles.Gzip(DataFiles.Content(400_000, 4));
        for (var length = 10; length < whole.Length; length += 9_999)
        {
            Assert.Throws<DatasetException>(() => ReadAll(_files.Write("cut.gz", whole[..length])));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(500)]
    [InlineData(200_000)]
    public void Every_member_of_a_gzip_file_is_read(int size)
    {
        byte[] first = DataFiles.Content(size, 5), second = DataFiles.Content(777, 6), third = DataFiles.Content(size, 7);
        byte[] file = [.. DataFiles.Gzip(first), .. DataFiles.Gzip([]), .. DataFiles.Gzip(second), .. DataFiles.Gzip(third)];
        Assert.Equal([.. first, .. second, .. third], ReadAll(_files.Write("many.gz", file)));
    }

    [Fact]
    public void The_second_member_of_a_gzip_file_cut_anywhere_is_truncated_or_followed_by_rubbish()
    {
        var first = DataFiles.Gzip(DataFiles.Content(500, 8));
        byte[] file = [.. first, .. DataFiles.Gzip(DataFiles.Content(500, 9))];
        for (var length = first.Length + 1; length < file.Length; length++)
        {
            Assert.Throws<DatasetException>(() => ReadAll(_files.Write("cut.gz", file[..length])));
        }
    }

    [Fact]
    public void Damage_and_rubbish_in_a_gzip_file_are_distinguished_from_truncation()
    {
        var whole = DataFiles.Gzip(DataFiles.Content(100_000, 10));
        var damaged = whole.ToArray();
        damaged[^5] ^= 1;
        Assert.Contains("is damaged", Fault("damaged.gz", damaged), StringComparison.Ordinal);
        Assert.Contains("after its gzip stream", Fault("rubbish.gz", [.. whole, .. "rubbish"u8]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_zstd_file_cut_anywhere_is_truncated()
    {
        var whole = DataFiles.Zstd(DataFiles.Content(700, 11));
        for (var length = 4; length < whole.Length; length++)
        {
            Assert.Contains("is truncated", Fault("cut.zst", whole[..length]), StringComparison.Ordinal);
        }

        var large = DataFiles.Zstd(DataFiles.Content(400_000, 12));
        for (var length = 10; length < large.Length; length += 9_999)
        {
            Assert.Contains("is truncated", Fault("cut.zst", large[..length]), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_frame_of_a_zstd_file_is_read_and_rubbish_behind_them_refused()
    {
        byte[] first = DataFiles.Content(5_000, 13), second = DataFiles.Content(300_000, 14), skippable = [0x50, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 1, 2, 3];
        byte[] file = [.. skippable, .. DataFiles.Zstd(first), .. DataFiles.Zstd(second), .. skippable];
        Assert.Equal([.. first, .. second], ReadAll(_files.Write("many.zst", file)));
        Assert.Contains("is damaged", Fault("rubbish.zst", [.. file, .. "rubbish"u8]), StringComparison.Ordinal);
    }

    [Fact]
    public void The_delivered_bytes_are_hashed_to_the_last()
    {
        foreach (var file in new[] { DataFiles.Content(50_000, 15), DataFiles.Gzip(DataFiles.Content(50_000, 15)), DataFiles.Zstd(DataFiles.Content(50_000, 15)) })
        {
            using var stream = DataStreams.OpenDecompressed(_files.Write("file", file), out _, out HashingStream delivered);
            Assert.Equal('a', stream.ReadByte());
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(file)), delivered.FinishSha256(TestContext.Current.CancellationToken));
            Assert.Equal(file.Length, delivered.BytesRead);
        }
    }

    [Fact]
    public void A_file_that_vanished_is_named()
    {
        var fault = Assert.Throws<DatasetException>(() => ReadAll(new SourceFile("sub/gone.csv", Path.Combine(_files.FullName, "gone.csv"))));
        Assert.Equal("sub/gone.csv no longer exists.", fault.Message);
    }

    private static byte[] ReadAll(SourceFile file)
    {
        using var stream = DataStreams.OpenDecompressed(file, out _, out Func<long> _);
        using var content = new MemoryStream();
        var buffer = new byte[977];
        while (stream.Read(buffer) is > 0 and var read)
        {
            content.Write(buffer, 0, read);
        }

        return content.ToArray();
    }

    private static (string Compression, int Length) Describe(SourceFile file, byte[] content)
    {
        Assert.Equal(content, ReadAll(file));
        using var stream = DataStreams.OpenDecompressed(file.Path, out var compression, out var deliveredBytesRead);
        stream.CopyTo(Stream.Null);
        Assert.Equal(new FileInfo(file.Path).Length, deliveredBytesRead());
        return (compression, content.Length);
    }

    private string Fault(string name, byte[] content) => Assert.Throws<DatasetException>(() => ReadAll(_files.Write(name, content))).Message;
}
