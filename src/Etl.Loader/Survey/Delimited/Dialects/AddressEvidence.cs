using System.Text.RegularExpressions;

namespace Etl.Loader.Survey.Delimited.Dialects;

/// <summary>Addresses of the network and of files: their marks divide nothing, and no column is named so.</summary>
internal static partial class AddressEvidence
{
    public static bool IsAddress(string text) => text.Length is > 3 and < 2000 && Address().IsMatch(text);

    /// <summary>Nearly all lines are addresses, whatever the first one is.</summary>
    public static bool FillAll(IReadOnlyList<string> cells) => cells.Count > 1 && cells.Skip(1).Count(IsAddress) * 10 >= (cells.Count - 1) * 9;

    [GeneratedRegex("""
        ^(?:[a-z][a-z0-9+.-]{1,9}://\S+
        |(?:mailto:)?[\w.+-]+@[\w-]+(?:\.[\w-]+)+
        |(?:\d{1,3}\.){3}\d{1,3}(?:[:/]\d{1,5})?
        |(?:www\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,6}(?:/\S*)?
        |(?:/[\w.+@-]+){2,}/?
        |[A-Za-z]:\\\S+
        |(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2})$
        """, RegexOptions.CultureInvariant | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Address();
}
