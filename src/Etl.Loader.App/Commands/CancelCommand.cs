using System.CommandLine;
using Etl.Loader.App.Output;
using Etl.Loader.Ledger;

namespace Etl.Loader.App.Commands;

/// <summary><c>cancel</c>: a waiting load becomes cancelled, a running one stops at its next look.</summary>
internal static class CancelCommand
{
    public static Command Build(Surroundings surroundings) => LoadActionCommand.Build(
        surroundings,
        "Stop loads: waiting ones immediately, running ones at the next chunk boundary.",
        new LoadAction("cancel", WaitCommand.Open, WaitCommand.Open.Contains, async (actions, load, actor, token) =>
        {
            await actions.CancelAsync(load.LoadId, actor, token);
            return load.Status == LoadStatus.Loading ? "stops at the next chunk boundary" : "cancelled";
        }));
}
