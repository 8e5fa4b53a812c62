using System.CommandLine;
using Etl.Loader.App.Output;

namespace Etl.Loader.App.Commands;

/// <summary><c>resume</c>: a paused lane continues.</summary>
internal static class ResumeCommand
{
    public static Command Build(Surroundings surroundings)
    {
        var lane = SharedOptions.Lane(surroundings);
        var reason = SharedOptions.Reason();
        var command = new Command("resume", "Resume a paused lane.") { lane, reason };
        command.SetAction(async (parsed, token) =>
        {
            await using var loader = surroundings.Connect(parsed);
            var target = parsed.GetRequiredValue(lane);
            var ended = await loader.Actions.ResumeAsync(target, surroundings.ActorFor(parsed.GetValue(reason)), token);
            surroundings.Out.WriteLine(ended is null
                ? $"Lane {target} is not paused. Nothing was changed."
                : $"lane {target} is resumed; it was paused by {ended.By}{(ended.Reason is null ? "" : $": {ended.Reason}")}");
            return ExitCodes.Done;
        });
        return command;
    }
}
