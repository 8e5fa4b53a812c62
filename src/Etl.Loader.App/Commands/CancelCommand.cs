using System.CommandLine;
using Etl.Loader.App.Output;

namespace Etl.Loader.App.Commands;

/// <summary><c>cancel</c>: a waiting load becomes cancelled, a running one stops at its next look.</summary>
internal static class CancelCommand
{
    public static Command Build(Surroundings surroundings) => LoadActionCommand.Build(
        surroundings,
        "cancel",
        "Stop loads: waiting ones at once, running ones at their next chunk.",
        WaitCommand.Open,
        async (actions, load, actor, token) =>
        {
            await actions.CancelAsync(load, actor, token);
            return $"{load} cancelled, or about to be";
        });
}
