using System.CommandLine;
using Etl.Loader.App.Output;
using Etl.Loader.Dashboard.Api;
using Etl.Loader.Ledger;

namespace Etl.Loader.App.Commands;

/// <summary><c>loads</c>: the history, newest first.</summary>
internal static class LoadsCommand
{
    private const int LargestPage = 1000;

    public static Command Build(Surroundings surroundings)
    {
        var filter = Filter();
        var limit = new Option<int>("--limit") { Description = "At most this many. Default 50.", HelpName = "N", DefaultValueFactory = _ => 50 };
        limit.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1)
            {
                result.AddError("--limit must be 1 or more.");
            }
        });
        var json = SharedOptions.Json();
        var command = new Command("loads", "List loads, newest first.") { filter, limit, json };
        command.SetAction(async (parsed, token) =>
        {
            var wanted = LoadFilter.Parse(string.Join(' ', parsed.GetValue(filter) ?? []));
            await using var loader = surroundings.Connect(parsed);
            var loads = await ReadAsync(loader.Queries, wanted, parsed.GetValue(limit), token);
            if (parsed.GetValue(json))
            {
                surroundings.Out.WriteLine(ApiJson.Text(loads));
            }
            else if (loads.Count == 0)
            {
                surroundings.Error.WriteLine("No load matches.");
            }
            else
            {
                LoadTable.Of(loads, surroundings.Time.GetUtcNow()).Write(surroundings);
            }

            return ExitCodes.Done;
        });
        return command;
    }

    public static Argument<string[]> Filter() => new("FILTER")
    {
        Description = "Such as: status:failed target:warehouse table:orders* file:*.csv since:2d",
        Arity = ArgumentArity.ZeroOrMore,
    };

    /// <summary>Up to <paramref name="most"/> matching loads, newest first.</summary>
    public static async Task<IReadOnlyList<LoadSummary>> ReadAsync(ILoadQueries queries, LoadFilter filter, int most, CancellationToken token)
    {
        var loads = new List<LoadSummary>();
        string? after = null;
        do
        {
            var page = await queries.ListAsync(filter, after, Math.Min(most - loads.Count, LargestPage), token);
            loads.AddRange(page.Loads);
            after = page.Next;
        }
        while (after is not null && loads.Count < most);
        return loads;
    }
}
