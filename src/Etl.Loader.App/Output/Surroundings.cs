using Etl.Loader.App.Composition;

namespace Etl.Loader.App.Output;

/// <summary>What a verb may touch of the world outside; a test gives its own.</summary>
internal sealed record Surroundings
{
    /// <summary>What is piped in; where a person types, <see cref="Secret"/> asks them.</summary>
    public TextReader In { get; init; } = TextReader.Null;

    /// <summary>Asks a person for what nobody shall see; null where nobody sits at a keyboard.</summary>
    public Func<string, string>? Secret { get; init; }

    public required TextWriter Out { get; init; }

    public required TextWriter Error { get; init; }

    public required TimeProvider Time { get; init; }

    /// <summary>True when a person looks at <see cref="Out"/>: tables with lines and colours, progress bars.</summary>
    public required bool Interactive { get; init; }

    /// <summary>Whether <see cref="Out"/> may have colours where it is interactive.</summary>
    public bool Colours { get; init; }

    /// <summary>Asks a person, yes or no; null: nobody is there to answer.</summary>
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
        Interactive = !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") is not (null or "dumb"),
        Colours = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")),
        Confirm = Console.IsInputRedirected || Console.IsErrorRedirected ? null : AskAtConsole,
        Access = LoaderAccess.Connect,
    };

    private static bool AskAtConsole(string question)
    {
        Console.Error.Write($"{question} [y/N] ");
        return Console.In.ReadLine()?.Trim().ToLowerInvariant() is "y" or "yes";
    }
}
