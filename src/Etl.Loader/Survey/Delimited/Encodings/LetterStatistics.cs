using System.Collections.Frozen;
using System.Text;

namespace Etl.Loader.Survey.Delimited.Encodings;

/// <summary>
/// How likely letters beyond ASCII are beside others in the languages of Europe (<c>letters.txt</c>). Decides between encodings that
/// give different letters for the same bytes.
/// </summary>
internal sealed class LetterStatistics
{
    /// <summary>The mark in the file for how often a letter occurs at all.</summary>
    private const char Anywhere = '^';

    /// <summary>Steps to the power of two for a pair that the language hardly has, and for a letter that it does not have.</summary>
    private const int RarePair = 18, ForeignLetter = 20;

    private static readonly Lazy<FrozenDictionary<string, LetterStatistics>> Languages = new(Read);

    private readonly Dictionary<(char First, char Second), int> _steps = [];

    public static IEnumerable<LetterStatistics> Of(IEnumerable<string> languages) => languages.Select(language => Languages.Value[language]);

    /// <summary>The logarithm of how likely the second letter follows the first. At least one of them is beyond ASCII.</summary>
    /// <param name="first">'\0': the word begins with the second.</param>
    public double Follows(char first, char second)
    {
        if ((second > 0x7F && !_steps.ContainsKey((Anywhere, second))) || (first > 0x7F && !_steps.ContainsKey((Anywhere, first))))
        {
            return -ForeignLetter * Math.Log(2);
        }

        return -_steps.GetValueOrDefault((first == '\0' ? Anywhere : first, second), RarePair) * Math.Log(2);
    }

    private static FrozenDictionary<string, LetterStatistics> Read()
    {
        using var text = new StreamReader(typeof(LetterStatistics).Assembly.GetManifestResourceStream("letters.txt")!, Encoding.UTF8);
        var languages = new Dictionary<string, LetterStatistics>();
        while (text.ReadLine() is { } line)
        {
            if (line.StartsWith('#'))
            {
                continue;
            }

            var (language, first) = (line[..2], line[3]);
            if (!languages.TryGetValue(language, out var statistics))
            {
                languages[language] = statistics = new();
            }

            for (var i = 4; i + 1 < line.Length; i += 2)
            {
                statistics._steps[(first, line[i])] = line[i + 1] - 'a';
            }
        }

        return languages.ToFrozenDictionary();
    }
}
