namespace Etl.Loader.Survey.Delimited.Encodings;

/// <summary>A word with bytes beyond ASCII, as it stands in a file, and the few bytes around it that show what its signs mean.</summary>
/// <param name="Bytes">The word and its neighbours.</param>
/// <param name="From">Where the word begins.</param>
/// <param name="Until">Where it ends.</param>
internal sealed record EncodedWord(byte[] Bytes, int From, int Until)
{
    public ReadOnlySpan<byte> Word => Bytes.AsSpan(From, Until - From);

    public int HighBytes => Bytes[From..Until].Count(static b => b >= 0x80);
}
