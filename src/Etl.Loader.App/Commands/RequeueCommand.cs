using System.CommandLine;
using Etl.Loader.App.Output;
using Etl.Loader.Ledger;

namespace Etl.Loader.App.Commands;

/// <summary><c>requeue</c>: failed loads again, with their files as they are now.</summary>
internal static class RequeueCommand
{
    public static Command Build(Surroundings surroundings) => LoadActionCommand.Build(
        surroundings,
        "requeue",
        "Queue failed or cancelled loads again, with their files as they are now.",
        [LoadStatus.Failed, LoadStatus.Cancelled],
        async (actions, load, actor, token) =>
        {
            await actions.RequeueAsync(load, actor, token);
            return $"{load} queued";
        },
        (new Option<bool>("--failed") { Description = "All failed loads, or those of them that match the filter, without asking." }, [LoadStatus.Failed]));
}
