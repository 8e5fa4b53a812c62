using System.CommandLine;
using Etl.Loader.App.Output;

namespace Etl.Loader.App.Commands;

/// <summary><c>reload</c>: a new load of the same dataset.</summary>
internal static class ReloadCommand
{
    public static Command Build(Surroundings surroundings)
    {
        var ids = SharedOptions.Loads();
        var reason = SharedOptions.Reason();
        var command = new Command("reload", "Accept a new load of the same dataset, with its files as they are now.") { ids, reason };
        command.SetAction(async (parsed, token) =>
        {
            await using var loader = surroundings.Connect(parsed);
            var actor = surroundings.ActorFor(parsed.GetValue(reason));
            return await LoadActionRun.EachAsync(
                loader,
                parsed.GetRequiredValue(ids),
                surroundings,
                async load => $"{await loader.Actions.ReloadAsync(load, actor, token)} queued, reloads {load}",
                token);
        });
        return command;
    }
}
