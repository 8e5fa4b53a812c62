using System.Globalization;
using System.Text;

namespace Etl.Loader.Inboxes.Triggers;

/// <summary>Shows a producer's text inside a message: one line, quoted, at most 200 characters.</summary>
internal static class Shown
{
    private const int MaxLength = 200;

    public static string Name(string text)
    {
        var shown = new StringBuilder("'");
        foreach (var rune in text.EnumerateRunes())
        {
            if (shown.Length > MaxLength)
            {
                shown.Append('…');
                break;
            }

            if (Rune.IsControl(rune) || rune.Value is 0x2028 or 0x2029 || rune == Rune.ReplacementChar)
            {
                shown.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}");
            }
            else
            {
                shown.Append(rune);
            }
        }

        return shown.Append('\'').ToString();
    }
}
