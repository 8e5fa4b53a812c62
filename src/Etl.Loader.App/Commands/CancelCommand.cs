using System.CommandLine;
using Etl.Loader.App.Output;

namespace Etl.Loader.App.Commands;

/// <summary><c>cancel</c>: a waiting load becomes cancelled, a running one stops at its next look.</summary>
internal static class CancelCommand
{
    public static Command Build(Surroundings surroundings)
    {
        var ids = SharedOptions.Loads();
        var reason = SharedOptions.Reason();
        var command = new Command("cancel", "Stop loads: waiting ones at once, running ones at their next chunk.") { ids, reason };
        command.SetAction(async (parsed, token) =>
        {
            await using var loader = surroundings.Connect(parsed);
            var actor = surroundings.ActorFor(parsed.GetValue(reason));
            return await LoadActionRun.EachAsync(
                loader,
                parsed.GetRequiredValue(ids),
                surroundings,
                async load =>
                {
                    await loader.Actions.CancelAsync(load, actor, token);
                    return $"{load} cancelled, or about to be";
                },
                token);
        });
        return command;
    }
}
