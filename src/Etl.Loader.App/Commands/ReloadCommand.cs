using System.CommandLine;
using Etl.Loader.App.Output;
using Etl.Loader.Ledger;

namespace Etl.Loader.App.Commands;

/// <summary><c>reload</c>: a new load of the same dataset.</summary>
internal static class ReloadCommand
{
    public static Command Build(Surroundings surroundings) => LoadActionCommand.Build(
        surroundings,
        "Accept a new load of the same dataset, with its files as they are now.",
        new LoadAction(
            "reload",
            [LoadStatus.Loaded, LoadStatus.Superseded],
            _ => true,
            async (actions, load, actor, token) => $"queued again as {(await actions.ReloadAsync(load.LoadId, actor, token)).Short}"));
}
