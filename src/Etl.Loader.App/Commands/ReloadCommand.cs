using System.CommandLine;
using Etl.Loader.App.Output;
using Etl.Loader.Ledger;

namespace Etl.Loader.App.Commands;

/// <summary><c>reload</c>: a new load of the same dataset.</summary>
internal static class ReloadCommand
{
    public static Command Build(Surroundings surroundings) => LoadActionCommand.Build(
        surroundings,
        "reload",
        "Accept a new load of the same dataset, with its files as they are now.",
        [LoadStatus.Loaded, LoadStatus.Superseded],
        async (actions, load, actor, token) => $"{await actions.ReloadAsync(load, actor, token)} queued, reloads {load}");
}
