using System.CommandLine;
using Etl.Loader.App.Composition;
using Etl.Loader.App.Output;
using Etl.Loader.Ledger;
using Etl.Loader.Queue.Actions;

namespace Etl.Loader.App.Commands;

/// <summary>What <c>requeue</c>, <c>reload</c> and <c>cancel</c> have in common: ids or a filter, a reason, a look before many are changed.</summary>
/// <param name="Verb">For people: "requeue".</param>
/// <param name="Statuses">What a filter chooses among that names no status.</param>
/// <param name="Able">Whether a load of a status can be changed by the verb at all.</param>
/// <param name="Act">Returns what became of the load: "queued".</param>
internal sealed record LoadAction(
    string Verb, LoadStatus[] Statuses, Func<LoadStatus, bool> Able, Func<ILoadActions, LoadSummary, Actor, CancellationToken, Task<string>> Act)
{
    /// <summary>An option that says which loads without words and without a question; null: the verb has none.</summary>
    public Option<bool>? All { get; init; }

    /// <summary>What <see cref="All"/> chooses among.</summary>
    public LoadStatus[] AllStatuses { get; init; } = [];
}

internal static class LoadActionCommand
{
    public static Command Build(Surroundings surroundings, string description, LoadAction action)
    {
        var what = LoadChoice.Argument(surroundings, action.Statuses);
        var reason = SharedOptions.Reason();
        var yes = SharedOptions.Yes();
        var dryRun = SharedOptions.DryRun();
        var command = new Command(action.Verb, description) { what, reason, yes, dryRun };
        if (action.All is { } option)
        {
            command.Add(option);
        }

        bool All(ParseResult parsed) => action.All is { } all && parsed.GetValue(all);
        command.Validators.Add(result =>
        {
            if ((result.GetValue(what) ?? []).Length == 0 && !(action.All is { } all && result.GetResult(all) is { Implicit: false }))
            {
                result.AddError($"Name the loads by their ids, or by a filter such as target:warehouse{(action.All is null ? "" : $", or {action.All.Name}")}.");
            }
        });
        command.SetAction(async (parsed, token) =>
        {
            await using var loader = surroundings.Connect(parsed);
            var run = new LoadActionRun(action, loader, surroundings, surroundings.ActorFor(parsed.GetValue(reason)));
            var words = parsed.GetValue(what) ?? [];
            var many = All(parsed) || words.Any(w => w.Contains(':', StringComparison.Ordinal));

            // Without a key no word is a pattern: a misspelt id is an error, never a filter that matches nothing or more than was meant.
            return many
                ? await run.MatchingAsync(words, All(parsed), parsed.GetValue(yes), parsed.GetValue(dryRun), token)
                : await run.NamedAsync(words, parsed.GetValue(dryRun), token);
        });
        return command;
    }
}
