using System.Globalization;
using System.Text;

namespace Etl.Loader.Fuzz.Generation;

internal enum JsonKind
{
    Null,
    Text,
    Number,
    Boolean,
    Nested,
}

/// <summary>A value of a JSON record.</summary>
/// <param name="Token">As it is in the line.</param>
/// <param name="Text">As a column of text has it.</param>
internal readonly record struct JsonCell(JsonKind Kind, string Token, string Text)
{
    public static JsonCell Null { get; } = new(JsonKind.Null, "null", "");

    public static JsonCell Plain(JsonKind kind, string token) => new(kind, token, token);

    /// <param name="escapes">Part of the characters that are written as escapes without need.</param>
    public static JsonCell Of(string text, Dice dice, double escapes)
    {
        var token = new StringBuilder("\"");
        foreach (var rune in text.EnumerateRunes())
        {
            var named = rune.Value switch { '"' => "\\\"", '\\' => "\\\\", '\n' => "\\n", '\r' => "\\r", '\t' => "\\t", '\b' => "\\b", '\f' => "\\f", '/' when dice.Chance(escapes) => "\\/", _ => null };
            token.Append(named ?? (rune.Value < ' ' || dice.Chance(escapes) ? Escaped(rune, dice.One("x4", "X4")) : rune.ToString()));
        }

        return new(JsonKind.Text, token.Append('"').ToString(), text);
    }

    /// <summary>Both halves of a character beyond the first 65,536.</summary>
    private static string Escaped(Rune rune, string format) =>
        string.Concat(rune.ToString().Select(half => "\\u" + ((int)half).ToString(format, CultureInfo.InvariantCulture)));
}
