using System.Text;

namespace Etl.Loader.Survey.Delimited.Encodings;

/// <summary>One byte a character: its letters must be likely beside each other in one language, its signs in their places.</summary>
internal sealed class LetterEncoding(string name, string[] languages) : EncodingCandidate(name)
{
    /// <summary>A capital behind a small letter, or a letter among those of another alphabet.</summary>
    private const double Misplaced = -12;

    /// <summary>A letter beside a digit.</summary>
    private const double AtDigit = -8;

    private readonly Lazy<char[]> _characters = new(() => Characters(name));
    private readonly Lazy<LetterStatistics[]> _languages = new(() => [.. LetterStatistics.Of(languages)]);

    public override double Score(EncodedWord word)
    {
        Span<char> text = stackalloc char[word.Bytes.Length];
        for (var i = 0; i < text.Length; i++)
        {
            text[i] = _characters.Value[word.Bytes[i]];
        }

        var score = 0.0;
        for (var i = word.From; i < word.Until; i++)
        {
            if (word.Bytes[i] >= 0x80 && !word.IsRepeated(i))
            {
                score += text[i] == '\0' ? Impossible : char.IsLetter(text[i]) && text[i] is not ('ª' or 'º') ? Form(text, i) : SignPlaces.Score(text, i);
            }
        }

        var best = double.NegativeInfinity;
        foreach (var language in _languages.Value)
        {
            best = Math.Max(best, Letters(language, text, word));
        }

        return score + best;
    }

    private static double Letters(LetterStatistics language, ReadOnlySpan<char> text, EncodedWord word)
    {
        var score = 0.0;
        for (var i = word.From; i < word.Until; i++)
        {
            var before = i > word.From && char.IsLetter(text[i - 1]) ? char.ToLowerInvariant(text[i - 1]) : '\0';
            var letter = char.ToLowerInvariant(text[i]);
            if (char.IsLetter(letter) && (letter > 0x7F || before > 0x7F) && !word.IsRepeated(i))
            {
                score += language.Follows(before, letter);
            }
        }

        return score;
    }

    /// <summary>How a letter beyond ASCII goes with the case and the alphabet of its neighbours.</summary>
    private static double Form(ReadOnlySpan<char> text, int at)
    {
        var c = text[at];
        var (before, after) = (at > 0 ? text[at - 1] : ' ', at + 1 < text.Length ? text[at + 1] : ' ');
        if (char.IsAsciiDigit(before) || char.IsAsciiDigit(after))
        {
            return AtDigit;
        }

        var mixed = !IsLatin(c) && ((char.IsLetter(before) && IsLatin(before)) || (char.IsLetter(after) && IsLatin(after)));
        var cased = (char.IsUpper(c) && char.IsLower(before)) || (char.IsLower(c) && c != 'ß' && char.IsUpper(before) && char.IsUpper(after));
        return mixed || cased ? Misplaced : 0;
    }

    private static bool IsLatin(char c) => c < 0x250;

    private static char[] Characters(string name)
    {
        var encoding = Of(name, DecoderFallback.ReplacementFallback);
        var characters = new char[256];
        for (var b = 0; b < 256; b++)
        {
            var c = encoding.GetString([(byte)b]) is [var one] ? one : '\0';
            characters[b] = b < 0x80 ? (char)b : c is '\uFFFD' or (>= '\u0080' and < '\u00A0') or (>= '\uE000' and < '\uF900') ? '\0' : c;
        }

        return characters;
    }
}
