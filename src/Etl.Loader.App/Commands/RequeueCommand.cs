using System.CommandLine;
using Etl.Loader.App.Output;
using Etl.Loader.Ledger;

namespace Etl.Loader.App.Commands;

/// <summary><c>requeue</c>: failed loads again, with their files as they are now.</summary>
internal static class RequeueCommand
{
    private static readonly LoadStatus[] Ended = [LoadStatus.Failed, LoadStatus.Cancelled];

    public static Command Build(Surroundings surroundings) => LoadActionCommand.Build(
        surroundings,
        "Queue failed or cancelled loads again, with their files as they are now.",
        new LoadAction("requeue", Ended, Ended.Contains, async (actions, load, actor, token) =>
        {
            await actions.RequeueAsync(load.LoadId, actor, token);
            return "queued";
        })
        {
            All = new Option<bool>("--failed") { Description = "All failed loads, or those of them that match the filter, without asking." },
            AllStatuses = [LoadStatus.Failed],
        });
}
