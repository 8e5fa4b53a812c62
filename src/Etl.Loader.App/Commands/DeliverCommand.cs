using System.CommandLine;
using Etl.Loader.App.Delivery;
using Etl.Loader.App.Output;

namespace Etl.Loader.App.Commands;

/// <summary><c>deliver</c>: brings a file into an inbox as a careful producer does.</summary>
internal static class DeliverCommand
{
    public static Command Build(Surroundings surroundings)
    {
        var file = new Argument<string>("FILE") { Description = "The finished data file, anywhere." };
        var inbox = new Option<string>("--inbox") { Description = "Name of the inbox.", HelpName = "NAME", Required = true };
        var target = new Option<string?>("--target") { Description = "Target; default: the inbox's.", HelpName = "T" };
        var table = new Option<string?>("--table") { Description = "Table; default: named after the file.", HelpName = "N" };
        var wait = new Option<bool>("--wait") { Description = "Show progress and end with the outcome." };
        var timeout = SharedOptions.Timeout("With --wait: how long; then the exit code is 4.");
        var command = new Command("deliver", "Copy a file into an inbox and trigger its load: renamed when whole, with its length and hash in the trigger.")
        {
            file, inbox, target, table, wait, timeout,
        };
        command.SetAction(async (parsed, token) =>
        {
            await using var loader = surroundings.Connect(parsed);
            var directory = new InboxLookup(loader.Configuration).DirectoryOf(parsed.GetRequiredValue(inbox));
            var source = Path.GetFullPath(parsed.GetRequiredValue(file));
            if (!File.Exists(source))
            {
                throw new LoaderException($"There is no file {source}.", "Name a finished data file.");
            }

            var name = Path.GetFileName(source);
            if (Path.GetFullPath(Path.Combine(directory, name)) == source)
            {
                throw new LoaderException($"{source} lies in the inbox already.", $"Run: etl-loader load {source}");
            }

            var triggered = await TriggeredLoad.PrepareAsync(loader.Queries, parsed.GetRequiredValue(inbox), name, token);
            var manifest = LoadCommand.Manifest([], parsed.GetValue(target), parsed.GetValue(table));
            var delivered = await DatasetDelivery.DeliverAsync(source, directory, name, manifest, null, token);
            surroundings.Out.WriteLine($"delivered {delivered}");
            if (!parsed.GetValue(wait))
            {
                return ExitCodes.Done;
            }

            var load = await triggered.WaitUntilAcceptedAsync(surroundings, token);
            return await new LoadFollower(loader.Queries, surroundings).FollowAsync([load], parsed.GetValue(timeout), token);
        });
        return command;
    }
}
