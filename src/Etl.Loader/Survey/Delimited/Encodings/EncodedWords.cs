using System.Text;

namespace Etl.Loader.Survey.Delimited.Encodings;

/// <summary>
/// Gathers the words of a file that have bytes beyond ASCII: of each such byte the first few that differ. Cheap where nothing new comes, so
/// that the whole file can be looked at, not only its beginning.
/// </summary>
internal sealed class EncodedWords
{
    private const int MostOfEach = 12;
    public const int MostBytes = 512;
    private const int Around = 3;

    private readonly int[] _seen = new int[256];
    private readonly HashSet<string> _texts = [];
    private readonly List<EncodedWord> _words = [];
    private byte[] _rest = [];
    private bool _begun;

    public IReadOnlyList<EncodedWord> Words => _words;

    public static IReadOnlyList<EncodedWord> Of(ReadOnlySpan<byte> bytes)
    {
        var words = new EncodedWords();
        words.Observe(bytes, last: true);
        return words.Words;
    }

    /// <param name="bytes">What follows the bytes of the call before.</param>
    /// <param name="last">True: nothing follows.</param>
    public void Observe(ReadOnlySpan<byte> bytes, bool last)
    {
        // The end of what came before is in front, so that no word is cut in two.
        byte[] joint = [.. _rest, .. bytes[..Math.Min(bytes.Length, 2 * MostBytes)]];
        var whole = joint.Length == _rest.Length + bytes.Length;
        Gather(joint, whole && last ? joint.Length : Settled(joint));
        _begun = true;
        if (!whole)
        {
            Gather(bytes, last ? bytes.Length : Settled(bytes));
        }

        var end = whole ? joint : bytes;
        _rest = end[^Math.Min(end.Length, MostBytes + Around)..].ToArray();
    }

    /// <summary>Words that begin before this place are whole.</summary>
    private static int Settled(ReadOnlySpan<byte> bytes) => Math.Max(0, bytes.Length - MostBytes);

    private void Gather(ReadOnlySpan<byte> bytes, int until)
    {
        for (var at = 0; at < until;)
        {
            var next = bytes[at..until].IndexOfAnyInRange((byte)0x80, (byte)0xFF);
            if (next < 0)
            {
                return;
            }

            var (from, end) = (at + next, at + next);
            while (from > at && IsOfWord(bytes[from - 1]))
            {
                from--;
            }

            var isNew = false;
            for (; end < bytes.Length && IsOfWord(bytes[end]); end++)
            {
                isNew |= bytes[end] >= 0x80 && _seen[bytes[end]] < MostOfEach;
            }

            // What begins before these bytes was looked at with the ones before.
            if (isNew && (from > 0 || !_begun))
            {
                Add(bytes, from, Math.Min(end, from + MostBytes));
            }

            at = end;
        }
    }

    private void Add(ReadOnlySpan<byte> bytes, int from, int end)
    {
        if (!_texts.Add(Encoding.Latin1.GetString(bytes[from..end])))
        {
            return;
        }

        var (left, right) = (Math.Max(0, from - Around), Math.Min(bytes.Length, end + Around));
        _words.Add(new(bytes[left..right].ToArray(), from - left, end - left));
        foreach (var b in bytes[from..end])
        {
            _seen[b]++;
        }
    }

    private static bool IsOfWord(byte b) => b >= 0x80 || char.IsAsciiLetter((char)b);
}
