using System.CommandLine;
using Etl.Loader.App.Output;
using Etl.Loader.Ledger;

namespace Etl.Loader.App.Commands;

/// <summary><c>requeue</c>: failed loads again, with their files as they are now.</summary>
internal static class RequeueCommand
{
    private const int MostLoads = 100_000;

    public static Command Build(Surroundings surroundings)
    {
        var what = new Argument<string[]>("ID|FILTER") { Description = "Load ids; with --failed a filter.", Arity = ArgumentArity.ZeroOrMore };
        var failed = new Option<bool>("--failed") { Description = "All failed loads, or those of them that match the filter." };
        var reason = SharedOptions.Reason();
        var command = new Command("requeue", "Queue failed or cancelled loads again, with their files as they are now.") { what, failed, reason };
        command.Validators.Add(result =>
        {
            if (!result.GetValue(failed) && (result.GetValue(what) ?? []).Length == 0)
            {
                result.AddError("Say which loads: their ids, or --failed.");
            }
        });
        command.SetAction(async (parsed, token) =>
        {
            var words = parsed.GetValue(what) ?? [];
            await using var loader = surroundings.Connect(parsed);
            if (parsed.GetValue(failed))
            {
                var filter = LoadFilter.Parse(string.Join(' ', words)) with { Statuses = [LoadStatus.Failed] };
                var loads = await LoadsCommand.ReadAsync(loader.Queries, filter, MostLoads, token);
                words = [.. loads.Reverse().Select(l => l.LoadId.ToString())];
                if (words.Length == 0)
                {
                    surroundings.Error.WriteLine("No failed load matches.");
                }
            }

            var actor = surroundings.ActorFor(parsed.GetValue(reason));
            return await LoadActionRun.EachAsync(
                loader,
                words,
                surroundings,
                async load =>
                {
                    await loader.Actions.RequeueAsync(load, actor, token);
                    return $"{load} queued";
                },
                token);
        });
        return command;
    }
}
