using System.CommandLine;
using System.Text.Json.Nodes;
using Etl.Loader.App.Delivery;
using Etl.Loader.App.Output;

namespace Etl.Loader.App.Commands;

/// <summary><c>load</c>: triggers datasets that lie in an inbox already.</summary>
internal static class LoadCommand
{
    public static Command Build(Surroundings surroundings)
    {
        var files = new Argument<string[]>("FILE")
        {
            Description = "Data files in an inbox. Each is a dataset of its own; with --table all together are one.",
            Arity = ArgumentArity.OneOrMore,
        };
        var target = new Option<string?>("--target") { Description = "Target; default: the inbox's.", HelpName = "T" };
        var table = new Option<string?>("--table") { Description = "Table; default: named after the file.", HelpName = "N" };
        var wait = new Option<bool>("--wait") { Description = "Show progress and end with the outcome." };
        var timeout = SharedOptions.Timeout("With --wait: how long; then the exit code is 4.");
        var command = new Command("load", "Load datasets that lie in an inbox.") { files, target, table, wait, timeout };
        command.SetAction(async (parsed, token) =>
        {
            await using var loader = surroundings.Connect(parsed);
            var lookup = new InboxLookup(loader.Configuration);
            var found = parsed.GetRequiredValue(files).Select(lookup.Find).ToArray();
            var loads = new List<LoadId>();
            foreach (var dataset in Datasets(found, parsed.GetValue(table)))
            {
                var manifest = Manifest(dataset, parsed.GetValue(target), parsed.GetValue(table));
                var triggered = await TriggeredLoad.PrepareAsync(loader.Queries, dataset[0].Inbox, dataset[0].Dataset, token);
                await DatasetDelivery.WriteTriggerAsync(dataset[0].FullPath, manifest, token);
                loads.Add(await triggered.WaitUntilAcceptedAsync(surroundings, token));
                surroundings.Out.WriteLine($"{loads[^1]} {dataset[0].Inbox}/{Words.Plain(dataset[0].Dataset)} accepted");
            }

            return parsed.GetValue(wait)
                ? await new LoadFollower(loader.Queries, surroundings).FollowAsync(loads, parsed.GetValue(timeout), token)
                : ExitCodes.Done;
        });
        return command;
    }

    private static IEnumerable<InboxFile[]> Datasets(InboxFile[] files, string? table)
    {
        if (table is null)
        {
            return files.Select(file => new[] { file });
        }

        var places = files.Select(f => Path.GetDirectoryName(f.FullPath)).Distinct(StringComparer.Ordinal).Count();
        return places == 1 ? [files] : throw new LoaderException(
            "The files of one table must lie in one directory.", "Move them together, or load each without --table.");
    }

    internal static JsonObject Manifest(InboxFile[] dataset, string? target, string? table)
    {
        var manifest = new JsonObject();
        if (dataset.Length > 1)
        {
            manifest["files"] = new JsonArray([.. dataset.Select(f => (JsonNode)Path.GetFileName(f.FullPath))]);
        }

        if (target is not null)
        {
            manifest["target"] = target;
        }

        if (table is not null)
        {
            manifest["table"] = table;
        }

        return manifest;
    }
}
