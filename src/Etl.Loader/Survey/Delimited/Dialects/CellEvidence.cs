using System.Buffers;
using System.Text;
using Etl.Loader.Survey.Types;

namespace Etl.Loader.Survey.Delimited.Dialects;

/// <summary>What single cells of the sample say about the dialect.</summary>
internal static class CellEvidence
{
    /// <summary>Characters beyond which a field is text.</summary>
    private const int Longest = 100;

    private static readonly SearchValues<char> OtherDelimiters = SearchValues.Create(";\t|^~¦\u0001\u001f");

    private static readonly string[] NullWords = ["na", "n/a", "null", "none", "nan", "nil", "-", "--", "?", "\\n", ".", "#n/a", "unknown", "missing"];

    /// <summary>Numbers, dates, booleans and the like; also as people write them (<c>1,5</c>, <c>1.2.2026</c>, <c>12 %</c>).</summary>
    public static bool IsTyped(string text) => LooksNumeric(text) || KindOf(text) is not TypeKind.Text || IsNoNumber(text);

    /// <summary>What programs write where a number is none.</summary>
    private static bool IsNoNumber(string text) =>
        text.Length is > 2 and < 10 && text.AsSpan().TrimStart("+-").Trim() is var word
        && (word.Equals("inf", StringComparison.OrdinalIgnoreCase) || word.Equals("infinity", StringComparison.OrdinalIgnoreCase) || word is "NaN");

    public static TypeKind KindOf(string text)
    {
        if (text.Length is 0 or > Longest)
        {
            return TypeKind.Text;
        }

        // Asked for each field of the sample, several times: nothing is allocated for it.
        Span<byte> bytes = stackalloc byte[3 * Longest];
        return TypeRules.Classify(bytes[..Encoding.UTF8.GetBytes(text, bytes)], ValueFormats.Iso, out _).Kind;
    }

    public static bool IsNullWord(string text)
    {
        var word = text.AsSpan().Trim();
        foreach (var known in NullWords)
        {
            if (word.Equals(known, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>No blanks around it and no other delimiter in it.</summary>
    public static bool IsClean(string text, string delimiter) =>
        text[0] != ' ' && text[^1] != ' ' && !text.AsSpan().ContainsAny(OtherDelimiters)
        && (delimiter is "," or ", " || !text.Contains(',') || LooksNumeric(text));

    /// <summary>
    /// Blanks occur in texts and timestamps of every file: they divide only where no other delimiter does, and not a date from its time.
    /// </summary>
    public static bool DividedByBlanks(IReadOnlyList<SampleRecord> table) =>
        !table.Any(record => record.Fields.Any(field => !field.Quoted && field.Text.AsSpan().IndexOfAny(",;\t|") >= 0))
        && !table.All(record =>
            record.Fields.Count == 2 && KindOf(record.Fields[0].Text) == TypeKind.Date && KindOf(record.Fields[1].Text) == TypeKind.Time);

    /// <summary>Letters as 'a', digits as '9', the rest as it stands, each once in a row: values of one kind share it.</summary>
    public static string Shape(string text)
    {
        var shape = new StringBuilder();
        foreach (var c in text)
        {
            var kind = char.IsLetter(c) ? 'a' : char.IsDigit(c) ? '9' : c;
            if (shape.Length == 0 || shape[^1] != kind)
            {
                shape.Append(kind);
            }
        }

        return shape.ToString();
    }

    public static bool LooksNumeric(string text)
    {
        var digits = 0;
        foreach (var c in text)
        {
            if (char.IsAsciiDigit(c))
            {
                digits++;
            }
            else if (c is not ('.' or ',' or '-' or '+' or '/' or ':' or '%' or '‰' or 'e' or 'E' or ' ' or '\'' or '€' or '$'))
            {
                return false;
            }
        }

        // An apostrophe divides thousands; at an end it is a quote.
        return digits > 0 && text.AsSpan().Count(' ') <= 1 && text[0] is not (' ' or '\'') && text[^1] is not (' ' or '\'');
    }
}
