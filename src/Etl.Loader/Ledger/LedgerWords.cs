using System.Diagnostics.CodeAnalysis;

namespace Etl.Loader.Ledger;

/// <summary>The words the ledger stores for enumerations (lower case), and text made fit to be stored.</summary>
internal static class LedgerWords
{
    public const int MaxError = 16000;
    public const int MaxNote = 4000;

    [SuppressMessage("Globalization", "CA1308:Normalize strings to uppercase", Justification = "The stored words are lower case by contract.")]
    public static string Word<T>(this T value) where T : struct, Enum => value.ToString().ToLowerInvariant();

    public static T Parse<T>(string word) where T : struct, Enum => Enum.Parse<T>(word, ignoreCase: true);

    public static bool HasOutcome(this LoadStatus status) =>
        status is LoadStatus.Loaded or LoadStatus.Failed or LoadStatus.Cancelled or LoadStatus.Superseded;

    /// <summary>PostgreSQL's text takes no NUL and no half of a surrogate pair; messages that quote raw data may have both.</summary>
    [return: NotNullIfNotNull(nameof(text))]
    public static string? Storable(string? text, int maxLength = MaxError)
    {
        if (text is null)
        {
            return null;
        }

        var length = Math.Min(text.Length, maxLength);
        return string.Create(length, text, static (span, source) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                var c = source[i];
                var whole = !char.IsSurrogate(c)
                    || (char.IsHighSurrogate(c) && i + 1 < span.Length && char.IsLowSurrogate(source[i + 1]))
                    || (char.IsLowSurrogate(c) && i > 0 && char.IsHighSurrogate(source[i - 1]));
                span[i] = c == '\0' || !whole ? '\uFFFD' : c;
            }
        });
    }
}
