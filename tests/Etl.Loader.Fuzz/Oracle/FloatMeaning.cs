using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;

namespace Etl.Loader.Fuzz.Oracle;

/// <summary>The double that a text says, where the double says the text again: written with as many digits it is the same number.</summary>
internal static partial class FloatMeaning
{
    public static double? Of(string text)
    {
        if (text is "NaN" or "Infinity" or "-Infinity")
        {
            return double.Parse(text, CultureInfo.InvariantCulture);
        }

        if (Read(text) is not { } written)
        {
            return null;
        }

        var number = double.Parse(text, CultureInfo.InvariantCulture);
        if (!double.IsFinite(number))
        {
            return null;
        }

        var digits = BigInteger.Abs(written.Digits).ToString(CultureInfo.InvariantCulture).Length;
        return written.Digits.IsZero || Read(number.ToString($"E{digits - 1}", CultureInfo.InvariantCulture)) == written ? number : null;
    }

    /// <summary>The digits without zeros behind them, and the power of ten that they count.</summary>
    private static (BigInteger Digits, int Power)? Read(string text)
    {
        var match = Number().Match(text);
        if (!match.Success || match.Groups["whole"].Length + match.Groups["places"].Length == 0)
        {
            return null;
        }

        var digits = BigInteger.Parse("0" + match.Groups["whole"].Value + match.Groups["places"].Value, CultureInfo.InvariantCulture);
        var power = (match.Groups["power"].Success ? int.Parse(match.Groups["power"].ValueSpan, CultureInfo.InvariantCulture) : 0) - match.Groups["places"].Length;
        for (; !digits.IsZero && (digits % 10).IsZero; power++)
        {
            digits /= 10;
        }

        return (text[0] == '-' ? -digits : digits, power);
    }

    [GeneratedRegex(@"\A[-+]?(?<whole>[0-9]*)\.?(?<places>[0-9]*)([eE](?<power>[-+]?[0-9]{1,6}))?\z")]
    private static partial Regex Number();
}
