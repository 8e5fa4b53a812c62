using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Etl.Loader.App.Composition;
using Etl.Loader.App.Output;
using Etl.Loader.Ledger;
using Etl.Loader.Queue.Actions;
using Etl.Loader.Queue.Lanes;

namespace Etl.Loader.App.Commands;

/// <summary>Options and arguments that several verbs have, with the same name and meaning in all.</summary>
internal static class SharedOptions
{
    public static Option<string?> Home { get; } = new("--home")
    {
        Description = "Home directory of `up`, with its databases, inboxes and state. Default: $ETL_LOADER_HOME, else ./.etl-loader.",
        HelpName = "DIR",
        Recursive = true,
    };

    public static Option<string[]> Set { get; } = new("--set")
    {
        Description = "A setting that overrides all other sources, such as Loader:Http:Port=5081. May be repeated.",
        HelpName = "KEY=VALUE",
        Recursive = true,
        DefaultValueFactory = _ => [],
    };

    public static Option<bool> Json() => new("--json") { Description = "Print JSON." };

    public static Option<int> Limit() => new("--limit")
    {
        Description = "Print at most this many. Default 50.",
        HelpName = "N",
        DefaultValueFactory = _ => 50,
        CustomParser = Positive,
    };

    public static Option<bool> DryRun() => new("--dry-run") { Description = "Print what would change, without changing anything." };

    public static Option<string?> Target(Surroundings surroundings, string description)
    {
        var target = new Option<string?>("--target") { Description = description, HelpName = "T" };
        target.CompletionSources.Add(Suggestions.Targets(surroundings));
        return target;
    }

    public static Option<string?> Reason() => new("--reason") { Description = "The reason, for the audit record.", HelpName = "TEXT" };

    public static Option<TimeSpan?> Timeout(string description) => new("--timeout")
    {
        Description = description + " For example 90s, 10m or 2h. Default: no limit.",
        HelpName = "TIME",
        CustomParser = Durations.Parse,
    };

    public static Option<bool> Yes() => new("--yes") { Description = "Act on all loads that match without asking." };

    /// <summary>One load; the shell completes those of the statuses.</summary>
    public static Argument<string> Load(Surroundings surroundings, params LoadStatus[] statuses)
    {
        var id = new Argument<string>("ID") { Description = "Load id: the short form shown in lists, the full id, or any unique prefix of it.", HelpName = "ID" };
        id.CompletionSources.Add(Suggestions.Loads(surroundings, statuses));
        return id;
    }

    /// <summary>The name of a target; the shell completes those that have a lane.</summary>
    public static Argument<string> Lane(Surroundings surroundings)
    {
        var lane = new Argument<string>("LANE") { Description = "Name of the target.", HelpName = "LANE" };
        lane.CompletionSources.Add(Suggestions.Lanes(surroundings));
        return lane;
    }

    /// <summary>All that the ledger knows of a load. Throws <see cref="UnknownNameException"/> where that is nothing.</summary>
    public static async Task<LoadDetails> GetAsync(this ILoadQueries queries, LoadId load, CancellationToken token) =>
        await queries.FindAsync(load, token) ?? throw new UnknownNameException($"There is no load {load.Short}.", "See: etl-loader loads");

    public static LoaderAccess Connect(this Surroundings surroundings, ParseResult parsed) =>
        surroundings.Access(parsed.GetValue(Home), parsed.GetValue(Set) ?? []);

    public static Actor ActorFor(this Surroundings surroundings, string? reason) => new(surroundings.Actor, reason);

    private static int Positive(ArgumentResult argument)
    {
        var text = argument.Tokens[0].Value;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0)
        {
            return number;
        }

        argument.AddError($"'{text}' is not a number from 1 to {int.MaxValue}.");
        return 0;
    }
}
