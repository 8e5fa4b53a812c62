using System.Globalization;
using System.Text;

namespace Etl.Loader.Ledger;

/// <summary>The text form of a filter, the same in verbs, pages and the API.</summary>
internal sealed partial record LoadFilter
{
    /// <summary>What a filter can name.</summary>
    public static IReadOnlyList<string> Keys { get; } = ["status", "target", "inbox", "table", "file", "since", "cause"];

    /// <summary>
    /// Reads <c>key:value</c> parts separated by spaces; a value with spaces is in double quotes; several statuses are separated by
    /// commas; a word without key is a file pattern. Each key may stand once. Throws <see cref="LoaderException"/> naming the known keys or words.
    /// </summary>
    public static LoadFilter Parse(string text) => Parse(Split(text));

    /// <summary>Words that a shell has taken apart already: a space inside of one belongs to its value, unless what follows it is a part of its own.</summary>
    public static LoadFilter ParseWords(IEnumerable<string> words) => Parse(words.SelectMany(word =>
        word.Contains('"', StringComparison.Ordinal) || word.Split(' ', StringSplitOptions.RemoveEmptyEntries).All(HasKey) ? Split(word) : [word]));

    /// <summary>Whether a word begins with a known key.</summary>
    public static bool HasKey(string word) => word.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon && Keys.Contains(word[..colon].ToLowerInvariant());

    private static LoadFilter Parse(IEnumerable<string> parts)
    {
        var filter = new LoadFilter();
        var given = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var part in parts)
        {
            var colon = part.IndexOf(':', StringComparison.Ordinal);
            var (key, value) = colon < 0 ? ("file", $"*{part}*") : (part[..colon].ToLowerInvariant(), part[(colon + 1)..]);
            if (value.Length == 0)
            {
                throw new LoaderException($"'{part}' in the filter has no value.", $"Write for example {Example(key)}.");
            }

            if (!given.TryAdd(key, part))
            {
                throw new LoaderException(
                    $"The filter has the key '{key}' twice: '{given[key]}' and '{part}'.",
                    key == "status" ? "Several statuses are separated by commas: status:failed,cancelled." : "Give each key once. A word without a key matches part of a file name.");
            }

            filter = key switch
            {
                "status" => filter with { Statuses = [.. value.Split(',').Select(ParseStatus)] },
                "target" => filter with { Target = value },
                "inbox" => filter with { Inbox = value },
                "table" => filter with { Table = value },
                "file" => filter with { File = value },
                "since" => filter with { Since = ParseAge(value) },
                "cause" => filter with { Cause = ParseCause(value) },
                _ => throw new LoaderException($"'{key}' is not a filter key; known keys: {string.Join(", ", Keys)}.", $"Write for example {Example(key)}."),
            };
        }

        return filter;
    }

    /// <summary>The text that <see cref="Parse"/> reads back to an equal filter; empty for a filter that narrows nothing.</summary>
    public string Format()
    {
        var parts = new List<string>();
        if (Statuses.Count > 0)
        {
            parts.Add("status:" + string.Join(',', Statuses.Select(s => s.Word())));
        }

        Add("target", Target);
        Add("inbox", Inbox);
        Add("table", Table);
        Add("file", File);
        if (Since is { } since)
        {
            parts.Add("since:" + FormatAge(since));
        }

        Add("cause", Cause);

        return string.Join(' ', parts);

        void Add(string key, string? value)
        {
            if (value is not null)
            {
                parts.Add(value.Any(char.IsWhiteSpace) ? $"{key}:\"{value}\"" : $"{key}:{value}");
            }
        }
    }

    private static string Example(string key) => key switch
    {
        "target" or "inbox" => $"{key}:warehouse",
        "table" => "table:orders*",
        "file" => "file:*.csv",
        "since" => "since:2d",
        "cause" => "cause:0f6e21a37b9c",
        _ => "status:failed",
    };

    private static LoadStatus ParseStatus(string word) =>
        Enum.GetValues<LoadStatus>().Cast<LoadStatus?>().FirstOrDefault(s => string.Equals(s!.Value.Word(), word, StringComparison.OrdinalIgnoreCase))
        ?? throw new LoaderException(
            $"'{word}' is not a status; known statuses: {string.Join(", ", Enum.GetValues<LoadStatus>().Select(s => s.Word()))}.",
            "Several are separated by commas: status:failed,retrying.");

    private static string ParseCause(string text) => text.Length == 12 && text.All(char.IsAsciiHexDigitLower)
        ? text
        : throw new LoaderException($"'{text}' is not the id of a cause.", "The page of loads links each cause of failed loads; its id has 12 hexadecimal digits.");

    private static TimeSpan ParseAge(string text)
    {
        if (text.Length >= 2 && int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count <= 100_000)
        {
            switch (text[^1])
            {
                case 's': return TimeSpan.FromSeconds(count);
                case 'm': return TimeSpan.FromMinutes(count);
                case 'h': return TimeSpan.FromHours(count);
                case 'd': return TimeSpan.FromDays(count);
            }
        }

        throw new LoaderException($"'{text}' is not an age.", "Write a number with s, m, h or d: since:90m, since:2d.");
    }

    private static string FormatAge(TimeSpan age) => age switch
    {
        { Hours: 0, Minutes: 0, Seconds: 0 } => string.Create(CultureInfo.InvariantCulture, $"{age.TotalDays:0}d"),
        { Minutes: 0, Seconds: 0 } => string.Create(CultureInfo.InvariantCulture, $"{age.TotalHours:0}h"),
        { Seconds: 0 } => string.Create(CultureInfo.InvariantCulture, $"{age.TotalMinutes:0}m"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{age.TotalSeconds:0}s"),
    };

    private static IEnumerable<string> Split(string text)
    {
        var part = new StringBuilder();
        var quoted = false;
        foreach (var c in text)
        {
            if (c == '"')
            {
                quoted = !quoted;
            }
            else if (char.IsWhiteSpace(c) && !quoted)
            {
                if (part.Length > 0)
                {
                    yield return part.ToString();
                }

                part.Clear();
            }
            else
            {
                part.Append(c);
            }
        }

        if (quoted)
        {
            throw new LoaderException($"The filter '{text}' has a quote that is not closed.", "Close it, or leave it out.");
        }

        if (part.Length > 0)
        {
            yield return part.ToString();
        }
    }
}
