using System.Text;

namespace Etl.Loader.Survey.Delimited.Encodings;

/// <summary>An encoding that a file may have, and how likely it makes a word.</summary>
/// <param name="Name">As a trigger says it.</param>
internal abstract class EncodingCandidate(string name)
{
    private static readonly string[] West = ["ca", "da", "de", "en", "es", "fi", "fr", "ga", "is", "it", "nb", "nl", "pt", "sv"];
    private static readonly string[] Centre = ["cs", "de", "en", "hr", "hu", "pl", "ro", "sk", "sl", "sq"];
    private static readonly string[] Baltic = ["da", "de", "en", "et", "fi", "lt", "lv", "pl", "sv"];
    private static readonly string[] Cyrillic = ["bg", "ru", "uk"];

    /// <summary>The usual one first: it is named first where nothing distinguishes them.</summary>
    public static IReadOnlyList<EncodingCandidate> All { get; } =
    [
        new LetterEncoding("windows-1252", West), new LetterEncoding("windows-1250", Centre), new LetterEncoding("windows-1254", [.. West, "tr"]),
        new LetterEncoding("windows-1257", Baltic), new LetterEncoding("iso-8859-2", Centre), new LetterEncoding("iso-8859-15", [.. West, "et"]),
        new LetterEncoding("macintosh", West), new LetterEncoding("x-mac-ce", Centre), new LetterEncoding("ibm850", West), new LetterEncoding("ibm852", Centre),
        new LetterEncoding("windows-1251", Cyrillic), new LetterEncoding("koi8-r", Cyrillic), new LetterEncoding("ibm866", Cyrillic),
        new LetterEncoding("iso-8859-5", Cyrillic), new LetterEncoding("x-mac-cyrillic", Cyrillic), new LetterEncoding("windows-1253", ["el"]), new LetterEncoding("iso-8859-7", ["el"]),
        new PairEncoding("gb18030"), new PairEncoding("big5"), new PairEncoding("shift_jis"), new PairEncoding("euc-kr"), new PairEncoding("euc-jp"),
    ];

    public string Name => name;

    /// <summary>The score of a word that is not possible in the encoding.</summary>
    public const double Impossible = -1000;

    /// <summary>The logarithm of how likely the word is.</summary>
    public abstract double Score(EncodedWord word);

    /// <summary>The bytes as the encoding reads them, with '\uFFFD' for what it does not know.</summary>
    public string Read(ReadOnlySpan<byte> bytes) => Of(name, DecoderFallback.ReplacementFallback).GetString(bytes);

    protected static Encoding Of(string name, DecoderFallback fallback) =>
        CodePagesEncodingProvider.Instance.GetEncoding(name, EncoderFallback.ExceptionFallback, fallback)
        ?? Encoding.GetEncoding(name, EncoderFallback.ExceptionFallback, fallback);
}
