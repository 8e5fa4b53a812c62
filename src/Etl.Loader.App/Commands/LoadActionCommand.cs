using System.CommandLine;
using Etl.Loader.App.Composition;
using Etl.Loader.App.Output;
using Etl.Loader.Ledger;
using Etl.Loader.Queue;

namespace Etl.Loader.App.Commands;

/// <summary>What <c>requeue</c>, <c>reload</c> and <c>cancel</c> have in common: ids or a filter, a reason, a yes for many.</summary>
internal static class LoadActionCommand
{
    /// <param name="statuses">What a filter chooses among that names no status.</param>
    /// <param name="act">Returns what to say of the load.</param>
    /// <param name="all">An option that says which loads without words and without a question; null: the verb has none.</param>
    public static Command Build(
        Surroundings surroundings,
        string verb,
        string description,
        LoadStatus[] statuses,
        Func<ILoadActions, LoadId, Actor, CancellationToken, Task<string>> act,
        (Option<bool> Option, LoadStatus[] Statuses)? all = null)
    {
        var what = LoadChoice.Argument(surroundings, statuses);
        var reason = SharedOptions.Reason();
        var yes = SharedOptions.Yes();
        var command = new Command(verb, description) { what, reason, yes };
        if (all is { Option: var option })
        {
            command.Add(option);
        }

        command.Validators.Add(result =>
        {
            if ((result.GetValue(what) ?? []).Length == 0 && !(all is { } every && result.GetValue(every.Option)))
            {
                result.AddError($"Say which loads: their ids, or a filter such as target:warehouse{(all is { } some ? $", or {some.Option.Name}" : "")}.");
            }
        });
        command.SetAction(async (parsed, token) =>
        {
            await using var loader = surroundings.Connect(parsed);
            var words = parsed.GetValue(what) ?? [];
            var chosen = all is { } every && parsed.GetValue(every.Option)
                ? await LoadChoice.ReadAsync(loader, [.. words, StatusWord(every.Statuses)], every.Statuses, verb, yes: true, surroundings, token)
                : await LoadChoice.ReadAsync(loader, words, statuses, verb, parsed.GetValue(yes), surroundings, token);
            var actor = surroundings.ActorFor(parsed.GetValue(reason));
            return await LoadActionRun.EachAsync(loader, chosen, surroundings, load => act(loader.Actions, load, actor, token), token);
        });
        return command;
    }

    private static string StatusWord(LoadStatus[] statuses) => new LoadFilter { Statuses = statuses }.Format();
}
