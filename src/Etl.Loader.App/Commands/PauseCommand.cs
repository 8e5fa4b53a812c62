using System.CommandLine;
using Etl.Loader.App.Output;

namespace Etl.Loader.App.Commands;

/// <summary><c>pause</c>: a lane takes no further load.</summary>
internal static class PauseCommand
{
    public static Command Build(Surroundings surroundings)
    {
        var lane = SharedOptions.Lane(surroundings);
        var now = new Option<bool>("--now") { Description = "Hand the running load back at its next chunk, instead of letting it finish." };
        var reason = SharedOptions.Reason();
        var command = new Command("pause", "Take no further load of a target; lasts over restarts until `resume`.") { lane, now, reason };
        command.SetAction(async (parsed, token) =>
        {
            await using var loader = surroundings.Connect(parsed);
            var target = parsed.GetRequiredValue(lane);
            await loader.Actions.PauseAsync(target, parsed.GetValue(now), surroundings.ActorFor(parsed.GetValue(reason)), token);
            surroundings.Out.WriteLine($"lane {target} is paused; go on with: etl-loader resume {target}");
            return ExitCodes.Done;
        });
        return command;
    }
}
