namespace Etl.Loader.Survey.Delimited.Encodings;

/// <summary>A word with bytes beyond ASCII, as it is in a file, and the few bytes around it that show what its signs mean.</summary>
/// <param name="Bytes">The word and its neighbours.</param>
/// <param name="From">Where the word begins.</param>
/// <param name="Until">Where it ends.</param>
internal sealed record EncodedWord(byte[] Bytes, int From, int Until)
{
    private bool[]? _repeated;

    public ReadOnlySpan<byte> Word => Bytes.AsSpan(From, Until - From);

    public int HighBytes => Bytes[From..Until].Count(static b => b >= 0x80);

    /// <summary>Whether the byte stands between the same neighbours as one before it in the word: a word said over and over is no more evidence than once.</summary>
    public bool IsRepeated(int at) => (_repeated ??= Repeated())[at];

    private bool[] Repeated()
    {
        var seen = new HashSet<int>();
        var repeated = new bool[Bytes.Length];
        for (var i = From; i < Until; i++)
        {
            var (before, after) = (i > From ? Bytes[i - 1] : 0, i + 1 < Until ? Bytes[i + 1] : 0);
            repeated[i] = !seen.Add(before << 16 | Bytes[i] << 8 | after);
        }

        return repeated;
    }
}
