using System.Text;

namespace Etl.Loader.Survey.Delimited.Encodings;

/// <summary>Two bytes or more a character: Chinese, Japanese, Korean. Its characters must be common ones.</summary>
internal sealed class PairEncoding(string name) : EncodingCandidate(name)
{
    private const double Frequent = -4.2, Common = -6, Kana = -3.5, Rare = -12, BesideLatin = -3;

    private readonly Lazy<Encoding> _encoding = new(() => Of(name, DecoderFallback.ExceptionFallback));

    public override double Score(EncodedWord word)
    {
        try
        {
            return Score(word.Word, cut: word.Until - word.From == EncodedWords.MostBytes || (word.Until < word.Bytes.Length && word.Bytes[word.Until] is >= 0x40 and < 0x7F));
        }
        catch (DecoderFallbackException)
        {
            return Impossible;
        }
    }

    /// <param name="cut">The last character may continue behind the word.</param>
    private double Score(ReadOnlySpan<byte> bytes, bool cut)
    {
        // One by one, to see which bytes each character has.
        var decoder = _encoding.Value.GetDecoder();
        Span<char> character = stackalloc char[4];
        var (score, start, latin) = (0.0, 0, false);
        for (var i = 0; i < bytes.Length; i++)
        {
            if (decoder.GetChars(bytes.Slice(i, 1), character, flush: false) is 0)
            {
                continue;
            }

            var c = character[0];
            if (c <= 0x7F)
            {
                latin = true;
            }
            else
            {
                score += Of(c, bytes[start..(i + 1)]) + (latin || (i + 1 < bytes.Length && char.IsAsciiLetter((char)bytes[i + 1])) ? BesideLatin : 0);
                latin = false;
            }

            start = i + 1;
        }

        return start == bytes.Length || cut ? score : Impossible;
    }

    private double Of(char c, ReadOnlySpan<byte> bytes) => c switch
    {
        >= '\uE000' and < '\uF900' => Impossible,
        >= '\u3041' and < '\u3100' => Name is "shift_jis" or "euc-jp" ? Kana : Rare,
        >= '\uAC00' and < '\uD7A4' => Kana,
        >= '\uFF61' and < '\uFFA0' => Rare / 2,
        >= '\u3000' and < '\u3020' or >= '\uFF00' and < '\uFF61' => Common,
        >= '\u4E00' and < '\uA000' when Name == "gb18030" && FrequentCharacters.Chinese.Contains(c) => Frequent,
        >= '\u4E00' and < '\uA000' => IsCommon(bytes) ? Common : Rare,
        _ => Rare,
    };

    /// <summary>The first level of each standard has the characters of daily use.</summary>
    private bool IsCommon(ReadOnlySpan<byte> bytes) => bytes.Length == 2 && Name switch
    {
        "gb18030" => bytes[0] is >= 0xB0 and <= 0xD7 && bytes[1] >= 0xA1,
        "big5" => bytes[0] is >= 0xA4 and <= 0xC6,
        "shift_jis" => bytes[0] is >= 0x88 and <= 0x97,
        "euc-jp" => bytes[0] is >= 0xB0 and <= 0xCF,
        _ => false,
    };
}
