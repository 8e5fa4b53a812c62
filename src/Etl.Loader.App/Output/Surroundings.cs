using Etl.Loader.App.Composition;

namespace Etl.Loader.App.Output;

/// <summary>What a verb may touch of the world outside; a test gives its own.</summary>
internal sealed record Surroundings
{
    /// <summary>What is piped in; where a person types, <see cref="Secret"/> asks them.</summary>
    public TextReader In { get; init; } = TextReader.Null;

    /// <summary>Asks a person for what no one shall see; null where no one sits at a keyboard.</summary>
    public Func<string, string>? Secret { get; init; }

    public required TextWriter Out { get; init; }

    public required TextWriter Error { get; init; }

    public required TimeProvider Time { get; init; }

    /// <summary>True when a person looks at <see cref="Out"/>: tables with lines and colours, progress bars.</summary>
    public required bool Interactive { get; init; }

    /// <summary>Columns of the screen that <see cref="Out"/> is; null: it is none, and lines have any length.</summary>
    public int? Width { get; init; }

    /// <summary>Columns of the screen that <see cref="Error"/> is; null: it is none.</summary>
    public int? ErrorWidth { get; init; }

    /// <summary>Whether <see cref="Out"/> may have colours where it is interactive.</summary>
    public bool Colours { get; init; }

    /// <summary>Asks a person, yes or no; null: no one is there to answer.</summary>
    public Func<string, bool>? Confirm { get; init; }

    public required Func<string?, IReadOnlyList<string>, LoaderAccess> Access { get; init; }

    /// <summary>Who acts, for the record: system user and host.</summary>
    public string Actor { get; init; } = $"{Environment.UserName}@{Environment.MachineName}";

    public static Surroundings Real { get; } = new()
    {
        In = Console.In,
        Secret = Console.IsInputRedirected ? null : Typed.Secret,
        Out = Console.Out,
        Error = Console.Error,
        Time = TimeProvider.System,
        Interactive = IsScreen,
        Width = IsScreen ? ScreenWidth() : null,
        ErrorWidth = Console.IsErrorRedirected ? null : ScreenWidth(),
        Colours = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")),
        Confirm = Console.IsInputRedirected || Console.IsErrorRedirected ? null : AskAtConsole,
        Access = LoaderAccess.Connect,
    };

    private static bool IsScreen => !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") is not (null or "dumb");

    /// <summary>A terminal that does not know its size says 0; then lines have any length.</summary>
    private static int? ScreenWidth() => Console.WindowWidth is >= 40 and var width ? width : null;

    /// <summary>What went wrong on one line and what to do on the next; longer ones are broken on a screen.</summary>
    public void Complain(string message, string? hint = null)
    {
        var lines = message.Split('\n');
        Facts.WriteBelow(Error, "error: ", Words.Plain(lines[0]), ErrorWidth);
        WriteLines(lines.Skip(1), "");
        Advise(hint);
    }

    /// <summary>What to do, below what was said before.</summary>
    public void Advise(string? hint) => WriteLines(hint?.Split('\n') ?? [], "  ");

    private void WriteLines(IEnumerable<string> lines, string indent)
    {
        foreach (var line in lines)
        {
            var text = line.TrimStart(' ');
            Facts.WriteBelow(Error, indent + line[..^text.Length], Words.Plain(text), ErrorWidth);
        }
    }

    private static bool AskAtConsole(string question)
    {
        Console.Error.Write($"{question} [y/N] ");
        return Console.In.ReadLine()?.Trim().ToLowerInvariant() is "y" or "yes";
    }
}
