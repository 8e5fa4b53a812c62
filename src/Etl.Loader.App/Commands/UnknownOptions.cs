using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using Etl.Loader.App.Configuration;
using Etl.Loader.App.Output;

namespace Etl.Loader.App.Commands;

/// <summary>
/// Words that look like options and are none. The parser takes them for arguments or values where a verb takes any text, so that a misspelt
/// <c>--dry-run</c> would be a filter. After <c>--</c> every word is an argument, and <c>--option=-text</c> is a value.
/// </summary>
internal static partial class UnknownOptions
{
    /// <summary>The first such word, what it most likely meant, and what to do; null: there is none.</summary>
    public static (string Message, string Hint)? Find(ParseResult parsed, IReadOnlyList<string> arguments)
    {
        var command = parsed.CommandResult.Command;
        var known = Known(parsed.CommandResult).ToArray();
        var words = arguments.TakeWhile(word => word != "--").ToArray();
        var taken = parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(argument => argument.Tokens).Select(token => token.Value);
        var mistaken = words.FirstOrDefault(word => LooksLikeOption().IsMatch(word) && !known.Contains(NameOf(word), StringComparer.Ordinal))
            ?? taken.Intersect(words, StringComparer.Ordinal).FirstOrDefault(word => word.Length > 1 && word[0] == '-');
        if (mistaken is null)
        {
            return null;
        }

        var verb = command is RootCommand ? "etl-loader" : command.Name;
        var nearest = Nearest.To(NameOf(mistaken), known.Where(name => name.StartsWith("--", StringComparison.Ordinal)));
        return (
            $"{verb} has no option '{Words.Plain(NameOf(mistaken))}'; did you mean {nearest}?",
            $"See: etl-loader {(command is RootCommand ? "" : command.Name + " ")}--help. After --, a word that begins with '-' is taken literally.");
    }

    private static IEnumerable<string> Known(CommandResult result) => result.Command.Options.SelectMany(Names)
        .Concat(Above(result).SelectMany(c => c.Options).Where(o => o.Recursive).SelectMany(Names));

    private static IEnumerable<Command> Above(CommandResult result)
    {
        for (var parent = result.Parent; parent is CommandResult above; parent = parent.Parent)
        {
            yield return above.Command;
        }
    }

    private static IEnumerable<string> Names(Option option) => option.Aliases.Prepend(option.Name);

    private static string NameOf(string word) => word.Split('=', ':')[0];

    [GeneratedRegex("^--?[A-Za-z]")]
    private static partial Regex LooksLikeOption();
}
