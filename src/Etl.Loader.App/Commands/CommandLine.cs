using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using Etl.Loader.App.Configuration;
using Etl.Loader.App.Output;

namespace Etl.Loader.App.Commands;

/// <summary>The whole command line: one line a verb.</summary>
internal static class CommandLine
{
    public static RootCommand Build(Surroundings surroundings)
    {
        var root = new RootCommand("Loads finished datasets from inboxes into databases: one at a time per target, whole or not at all.");
        root.Options.Add(SharedOptions.Home);
        root.Options.Add(SharedOptions.Set);
        root.Add(UpCommand.Build(surroundings));
        root.Add(WatchCommand.Build(surroundings));
        root.Add(ServeCommand.Build(surroundings));
        root.Add(LoadCommand.Build(surroundings));
        root.Add(DeliverCommand.Build(surroundings));
        root.Add(CheckCommand.Build(surroundings));
        root.Add(StatusCommand.Build(surroundings));
        root.Add(LoadsCommand.Build(surroundings));
        root.Add(ShowCommand.Build(surroundings));
        root.Add(TablesCommand.Build(surroundings));
        root.Add(WaitCommand.Build(surroundings));
        root.Add(RequeueCommand.Build(surroundings));
        root.Add(ReloadCommand.Build(surroundings));
        root.Add(CancelCommand.Build(surroundings));
        root.Add(PauseCommand.Build(surroundings));
        root.Add(ResumeCommand.Build(surroundings));
        root.Add(RejectsCommand.Build(surroundings));
        root.Add(MigrateCommand.Build(surroundings));
        root.Add(DoctorCommand.Build(surroundings));
        root.Add(HashPasswordCommand.Build(surroundings));
        root.Add(CompletionCommand.Build(surroundings));
        root.Add(HealthCommand.Build(surroundings));
        return root;
    }

    /// <summary>Whatever happens, a person reads what went wrong in a line or two, and a script gets one of the exit codes.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, Surroundings surroundings, CancellationToken token)
    {
        try
        {
            // A name may begin with '@'; no argument names a file with more of them.
            var parsed = Build(surroundings).Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
            if (!IsSuggestion(arguments) && UnknownOptions.Find(parsed, arguments) is { } mistaken)
            {
                surroundings.Complain(mistaken.Message, mistaken.Hint);
                return ExitCodes.Usage;
            }

            if (!IsSuggestion(arguments) && EmptyArgument(parsed) is { } empty)
            {
                surroundings.Complain($"{empty} is empty.", "Give it a value. In a script, check the variable that should hold it.");
                return ExitCodes.Usage;
            }

            if (parsed.Action is ParseErrorAction)
            {
                ReportWrongUsage(parsed, surroundings);
                return ExitCodes.Usage;
            }

            return await parsed.InvokeAsync(
                new InvocationConfiguration
                {
                    Output = surroundings.Out,
                    Error = surroundings.Error,
                    EnableDefaultExceptionHandler = false,
                    ProcessTerminationTimeout = null,
                },
                token);
        }
        catch (Exception exception)
        {
            return Failure.Report(exception, surroundings);
        }
    }

    /// <summary>A shell asks what could stand where the cursor is: nothing typed so far is wrong yet.</summary>
    private static bool IsSuggestion(IReadOnlyList<string> arguments) => arguments is [var first, ..] && first.StartsWith("[suggest", StringComparison.Ordinal);

    /// <summary>The name of an argument that is an empty text, which is not a path, id, name or filter; null: there is none.</summary>
    private static string? EmptyArgument(ParseResult parsed) =>
        parsed.CommandResult.Children.OfType<ArgumentResult>().FirstOrDefault(a => a.Tokens.Any(t => t.Value.Length == 0))?.Argument.Name;

    private static void ReportWrongUsage(ParseResult parsed, Surroundings surroundings)
    {
        if (parsed.CommandResult.Command is RootCommand root && parsed.UnmatchedTokens is [var word, ..])
        {
            surroundings.Complain($"There is no verb '{word}'; did you mean {Nearest.To(word, root.Subcommands.Select(c => c.Name))}?", "See: etl-loader --help");
            return;
        }

        foreach (var fault in parsed.Errors)
        {
            surroundings.Complain(fault.Message);
        }

        var verb = parsed.CommandResult.Command is RootCommand ? "" : parsed.CommandResult.Command.Name + " ";
        surroundings.Advise($"See: etl-loader {verb}--help");
    }
}
