using System.CommandLine;
using Etl.Loader.App.Output;
using Etl.Loader.Ledger;

namespace Etl.Loader.App.Commands;

/// <summary><c>pause</c>: a lane takes no further load.</summary>
internal static class PauseCommand
{
    public static Command Build(Surroundings surroundings)
    {
        var lane = SharedOptions.Lane(surroundings);
        var now = new Option<bool>("--now") { Description = "Hand the running load back at its next chunk boundary instead of letting it finish." };
        var reason = SharedOptions.Reason();
        var command = new Command("pause", "Start no further load of a target. The pause survives restarts, until `resume`.") { lane, now, reason };
        command.SetAction(async (parsed, token) =>
        {
            await using var loader = surroundings.Connect(parsed);
            var target = parsed.GetRequiredValue(lane);
            var actor = surroundings.ActorFor(parsed.GetValue(reason));
            var pause = await loader.Actions.PauseAsync(target, parsed.GetValue(now), actor, token);
            surroundings.Out.WriteLine(Said(pause, actor.Name));
            return ExitCodes.Done;
        });
        return command;
    }

    private static string Said(LanePause pause, string actor) => pause switch
    {
        { Changed: false } => $"{pause.Already} Nothing was changed.",
        { Now: true } when pause.By != actor => $"{pause.Already} Its running load is handed back now.",
        _ => $"lane {pause.Target} is paused; resume it with: etl-loader resume {pause.Target}",
    };
}
