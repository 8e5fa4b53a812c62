using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Etl.Loader;

/// <summary>
/// Turns names of files and columns into names of tables and columns that need no quoting in most queries: letters in lower case, digits,
/// and '_' for everything between. Letters of any script are kept; a name never begins with a digit.
/// </summary>
internal static class Naming
{
    /// <summary>PostgreSQL's limit (NAMEDATALEN - 1); used for every target, so that a dataset may change its target.</summary>
    public const int MaxBytes = 63;

    private const int HashCharacters = 8;

    private static readonly string[] DataExtensions =
        [".csv", ".tsv", ".tab", ".psv", ".txt", ".json", ".jsonl", ".ndjson", ".parquet", ".gz", ".zst"];

    /// <summary>The name without its data extensions and normalised: <c>Orders 2026.csv.gz</c> becomes <c>orders_2026</c>; empty when nothing is left.</summary>
    public static string TableFromFile(string fileName)
    {
        var name = fileName;
        while (DataExtensions.FirstOrDefault(e => name.Length > e.Length && name.EndsWith(e, StringComparison.OrdinalIgnoreCase)) is { } extension)
        {
            name = name[..^extension.Length];
        }

        return Normalise(name);
    }

    /// <summary>
    /// The same, and where it has more than <see cref="MaxBytes"/> the beginning of it with a hash of the whole: the same for each delivery, another
    /// for another file.
    /// </summary>
    public static string TableThatFits(string fileName)
    {
        var name = TableFromFile(fileName);
        if (Encoding.UTF8.GetByteCount(name) <= MaxBytes)
        {
            return name;
        }

        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..HashCharacters];
        return $"{Shorten(name, MaxBytes - 1 - HashCharacters).TrimEnd('_')}_{hash}";
    }

    public static string Normalise(string name)
    {
        var result = new StringBuilder(name.Length);
        foreach (var rune in name.Normalize(NormalizationForm.FormC).EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune) || IsMark(rune))
            {
                result.Append(Rune.ToLowerInvariant(rune).ToString());
            }
            else if (result.Length > 0 && result[^1] != '_')
            {
                result.Append('_');
            }
        }

        while (result.Length > 0 && result[^1] == '_')
        {
            result.Length--;
        }

        if (result.Length > 0 && char.IsDigit(result[0]))
        {
            result.Insert(0, '_');
        }

        return result.ToString();
    }

    /// <summary>
    /// Names for columns in order: normalised, shortened to <see cref="MaxBytes"/>, empty ones by position, equal ones numbered from 2. The work
    /// grows as the headers do, whatever is in them; how large they may be is for <see cref="ColumnLimits"/>.
    /// </summary>
    public static IReadOnlyList<string> Columns(IReadOnlyList<string> headers)
    {
        var taken = new ColumnNames();
        var names = new string[headers.Count];
        for (var i = 0; i < headers.Count; i++)
        {
            var stem = Normalise(headers[i]);
            names[i] = taken.Take(stem.Length > 0 ? stem : "column_" + (i + 1).ToString(CultureInfo.InvariantCulture));
        }

        return names;
    }

    /// <summary>The longest beginning of the name that has at most so many bytes.</summary>
    public static string Shorten(string name, int maxBytes)
    {
        var (bytes, length) = (0, 0);
        foreach (var rune in name.EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes > maxBytes)
            {
                return name[..length];
            }

            length += rune.Utf16SequenceLength;
        }

        return name;
    }

    private static bool IsMark(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;
}
