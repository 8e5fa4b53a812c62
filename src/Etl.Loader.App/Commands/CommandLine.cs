using System.CommandLine;
using System.CommandLine.Invocation;
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

    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, Surroundings surroundings, CancellationToken token)
    {
        var parsed = Build(surroundings).Parse(arguments);
        if (parsed.Action is ParseErrorAction)
        {
            ReportWrongUsage(parsed, surroundings.Error);
            return ExitCodes.Usage;
        }

        try
        {
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
            return Failure.Report(exception, surroundings.Error);
        }
    }

    private static void ReportWrongUsage(ParseResult parsed, TextWriter error)
    {
        if (parsed.CommandResult.Command is RootCommand root && parsed.UnmatchedTokens is [var word, ..])
        {
            error.WriteLine($"error: There is no verb '{Words.Plain(word)}'; did you mean {Nearest.To(word, root.Subcommands.Select(c => c.Name))}?");
            error.WriteLine("  See: etl-loader --help");
            return;
        }

        foreach (var fault in parsed.Errors)
        {
            error.WriteLine($"error: {Words.Plain(fault.Message)}");
        }

        var verb = parsed.CommandResult.Command is RootCommand ? "" : parsed.CommandResult.Command.Name + " ";
        error.WriteLine($"  See: etl-loader {verb}--help");
    }
}
