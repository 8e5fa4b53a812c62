namespace Etl.Loader.Fuzz.Generation;

/// <summary>Texts of many scripts, with everything in them that delimited text has to quote.</summary>
internal static class Texts
{
    private static readonly string[] Words =
    [
        "apple", "pear tree", "North-West", "it's", "50 %", "R&D", "x", "Main St. 5", "a b c", "O'Neil", "#1", "C:\\temp\\new", "half\\", "1 of 2", "e-mail@example.org",
    ];

    private static readonly string[] Western = ["Zoë", "Müller", "façade", "Ærø", "señor", "Straße", "crème brûlée", "naïve", "50 €", "Noël"];

    private static readonly string[] Others =
        ["Łódź", "Привет мир", "日本語", "中文字符", "한국어", "שלום", "مرحبا", "ไทย", "𝄞 clef", "😀", "👩‍👩‍👧", "e\u0301", "\u00A0", "﷽", "नमस्ते", "𠜎𠜱", "ﬁ"];

    private static readonly string[] Sharp =
        ["say \"so\"", "\"", "'", "''", "a,b", "semi;colon", "tab\there", "pipe|d", "two\nlines", "cr\rhere", "crlf\r\nhere", ", ", "a\\\"b", "^", "~", " lead", "trail ", "  ", "\"\"", "::", "\n", "{\"k\": 1}"];

    /// <summary>Words that other loaders take for null.</summary>
    public static readonly string[] NullWords = ["NA", "N/A", "null", "NULL", "None", "-", "?", "\\N", "nan"];

    /// <param name="western">True: only characters that windows-1252 has.</param>
    /// <param name="sharp">True: quotes, delimiters and line breaks too.</param>
    public static Func<string> Column(Dice dice, bool western, bool sharp)
    {
        var (foreign, odd, lengthy) = (dice.One(0, 0.1, 0.5), sharp ? dice.One(0, 0.15, 0.5) : 0, dice.Chance(0.05));
        return () =>
        {
            if (lengthy && dice.Chance(0.1))
            {
                return Long(dice);
            }

            var words = Enumerable.Range(0, dice.Int(1, 3)).Select(_ =>
                dice.Chance(odd) ? dice.One(Sharp)
                : dice.Chance(foreign) ? dice.One(western || dice.Chance(0.4) ? Western : Others)
                : dice.One(Words));
            return string.Join(dice.One(" ", " ", ""), words);
        };
    }

    /// <summary>Words without anything sharp in them, for a file whose form has to be found.</summary>
    public static string Word(Dice dice, bool western) => dice.Chance(0.2) ? dice.One(western || dice.Chance(0.5) ? Western : Others) : dice.One(Words);

    private static string Long(Dice dice) => string.Concat(Enumerable.Repeat(dice.One(Words) + dice.One(" ", "é"), dice.Int(50, 400)));
}
