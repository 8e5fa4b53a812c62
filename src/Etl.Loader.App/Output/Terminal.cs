using Spectre.Console;

namespace Etl.Loader.App.Output;

/// <summary>Spectre's console over a verb's own output.</summary>
internal static class Terminal
{
    public static IAnsiConsole Of(Surroundings surroundings) => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Out = new AnsiConsoleOutput(surroundings.Out),
        Ansi = surroundings.Interactive ? AnsiSupport.Yes : AnsiSupport.No,
        ColorSystem = surroundings is { Interactive: true, Colours: true } ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
        Interactive = surroundings.Interactive ? InteractionSupport.Yes : InteractionSupport.No,
    });
}
