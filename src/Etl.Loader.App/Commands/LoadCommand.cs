using System.CommandLine;
using Etl.Loader.App.Output;
using Etl.Loader.Inboxes;
using Etl.Loader.Ledger;
using Microsoft.Extensions.DependencyInjection;

namespace Etl.Loader.App.Commands;

/// <summary><c>load</c>: accepts datasets that are in an inbox already.</summary>
internal static class LoadCommand
{
    public static Command Build(Surroundings surroundings)
    {
        var files = new Argument<string[]>("FILE")
        {
            Description = "Data files in an inbox. Each is its own dataset; with --table, all of them form one.",
            Arity = ArgumentArity.OneOrMore,
        };
        var target = SharedOptions.Target(surroundings, "Target; default: the inbox's.");
        var table = new Option<string?>("--table") { Description = "Table; default: named after the file.", HelpName = "N" };
        var wait = new Option<bool>("--wait") { Description = "Show progress and exit with the outcome." };
        var timeout = SharedOptions.Timeout("With --wait: how long to wait before exiting with code 4.");
        var command = new Command("load", "Accept datasets in an inbox, as their triggers would. Needs no watcher.") { files, target, table, wait, timeout };
        command.SetAction(async (parsed, token) =>
        {
            await using var loader = surroundings.Connect(parsed);
            var acceptor = loader.Services.GetRequiredService<FileAcceptor>();
            var named = parsed.GetRequiredValue(files);
            var loads = new List<LoadId>();
            foreach (var dataset in parsed.GetValue(table) is null ? named.Select(file => new[] { file }) : [named])
            {
                var (load, spec) = await acceptor.AcceptAsync(dataset, parsed.GetValue(target), parsed.GetValue(table), new AcceptedBy(surroundings.Actor, null), token);
                loads.Add(load);
                surroundings.Out.WriteLine($"{load.Short} {spec.Inbox}/{Words.Plain(spec.Dataset)} accepted");
            }

            return parsed.GetValue(wait)
                ? await new LoadFollower(loader.Queries, surroundings).FollowAsync(loads, parsed.GetValue(timeout), token)
                : ExitCodes.Done;
        });
        return command;
    }
}
