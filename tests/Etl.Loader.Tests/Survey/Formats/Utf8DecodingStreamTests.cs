using System.Text;
using Etl.Loader.Survey.Streams;

namespace Etl.Loader.Tests.Survey.Formats;

public class Utf8DecodingStreamTests
{
    private const string Text = "Zürich;€;𝄞;naïve\r\n";

    [Theory]
    [InlineData("utf-16le")]
    [InlineData("utf-16be")]
    [InlineData("utf-8")]
    [InlineData("utf-32le")]
    public void Unicode_is_decoded_and_its_byte_order_mark_dropped(string name)
    {
        var encoding = Encoding.GetEncoding(name);
        var text = string.Concat(Enumerable.Repeat(Text, 20_000));
        byte[] bytes = [.. encoding.GetPreamble(), .. encoding.GetBytes(text)];
        Assert.Equal(text, Decode(bytes, name, 65_536));
        Assert.Equal(Text, Decode(encoding.GetBytes(Text), name, 1));
    }

    [Fact]
    public void Code_pages_are_decoded()
    {
        Assert.Equal("Zürich €", Decode([0x5A, 0xFC, 0x72, 0x69, 0x63, 0x68, 0x20, 0x80], "windows-1252", 3));
        Assert.Equal("é", Decode([0xE9], "iso-8859-1", 1));
        Assert.Equal("€", Decode([0xA4], "iso-8859-15", 1));
        Assert.Equal("日本", Decode([0x93, 0xFA, 0x96, 0x7B], "shift_jis", 1));
    }

    [Fact]
    public void Only_the_first_byte_order_mark_is_dropped() => Assert.Equal("a\uFEFFb", Decode("\uFEFFa\uFEFFb"u8.ToArray(), "utf-8", 2));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(100)]
    public void What_the_encoding_does_not_know_is_named_by_its_offset(int step)
    {
        byte[] halfPair = [0x61, 0, 0x62, 0, 0x3D, 0xD8, 0x63, 0];
        Assert.Contains("at offset 4 ", Fault(halfPair, "utf-16le", step), StringComparison.Ordinal);
        Assert.Contains("at offset 2 ", Fault([0x61, 0, 0x3D, 0xD8], "utf-16le", step), StringComparison.Ordinal);
        Assert.Contains("at offset 2 ", Fault([0x61, 0, 0x62], "utf-16le", step), StringComparison.Ordinal);
        Assert.Contains("at offset 3 ", Fault([0x61, 0x62, 0x63, 0xFF, 0x64], "utf-8", step), StringComparison.Ordinal);
        Assert.Contains("at offset 1 ", Fault([0x61, 0xE2, 0x82], "utf-8", step), StringComparison.Ordinal);
    }

    [Fact]
    public void Unknown_encodings_are_known_to_be_so()
    {
        Assert.True(Utf8DecodingStream.Knows("windows-1252"));
        Assert.False(Utf8DecodingStream.Knows("utf-17"));
        Assert.False(Utf8DecodingStream.Knows("utf-7"));
    }

    private static string Fault(byte[] bytes, string name, int step) => Assert.Throws<InvalidDataException>(() => Decode(bytes, name, step)).Message;

    private static string Decode(byte[] bytes, string name, int step)
    {
        using var stream = new Utf8DecodingStream(new SteppingStream(bytes, step), name);
        using var text = new MemoryStream();
        stream.CopyTo(text);
        return Encoding.UTF8.GetString(text.ToArray());
    }
}
