using System.CommandLine;
using Etl.Loader.App.Output;
using Etl.Loader.Dashboard.Api;
using Etl.Loader.Ledger;
using Microsoft.Extensions.DependencyInjection;

namespace Etl.Loader.App.Commands;

/// <summary><c>tables</c>: what each table has now, and by which load.</summary>
internal static class TablesCommand
{
    private const int LargestPage = 1000;

    public static Command Build(Surroundings surroundings)
    {
        var pattern = new Argument<string?>("PATTERN")
        {
            Description = "Part of target.schema.table, with '*' as a wildcard. Default: all.",
            HelpName = "PATTERN",
            Arity = ArgumentArity.ZeroOrOne,
        };
        pattern.CompletionSources.Add(Suggestions.Targets(surroundings));
        var limit = SharedOptions.Limit();
        var json = SharedOptions.Json();
        var command = new Command("tables", "List tables with their rows and the load that made them.") { pattern, limit, json };
        command.SetAction(async (parsed, token) =>
        {
            await using var loader = surroundings.Connect(parsed);
            var tables = await ReadAsync(loader.Services.GetRequiredService<ITableQueries>(), parsed.GetValue(pattern), parsed.GetValue(limit), token);
            if (parsed.GetValue(json))
            {
                surroundings.Out.WriteLine(ApiJson.Text(tables.Select(LoadedTable.Of).ToArray()));
            }
            else if (tables.Count == 0)
            {
                surroundings.Error.WriteLine(parsed.GetValue(pattern) is null ? "No table yet." : "No table matches.");
            }
            else
            {
                Write(tables, surroundings);
            }

            return ExitCodes.Done;
        });
        return command;
    }

    private static async Task<IReadOnlyList<TableSummary>> ReadAsync(ITableQueries queries, string? pattern, int most, CancellationToken token)
    {
        var tables = new List<TableSummary>();
        string? after = null;
        do
        {
            var page = await queries.TablesAsync(pattern, after, Math.Min(most - tables.Count, LargestPage), token);
            tables.AddRange(page.Tables);
            after = page.Next;
        }
        while (after is not null && tables.Count < most);
        return tables;
    }

    private static void Write(IReadOnlyList<TableSummary> tables, Surroundings surroundings)
    {
        var now = surroundings.Time.GetUtcNow();
        var lines = new TextTable("TARGET", TextColumn.Name("TABLE"), TextColumn.Number("ROWS"), TextColumn.Number("AGE"), "LOAD", TextColumn.Name("MADE BY"));
        foreach (var table in tables)
        {
            var made = table.Made;
            lines.AddWithNote(
                table.Newest.LoadId == made?.LoadId ? "" : Newest(table.Newest),
                table.Key.Target,
                table.Key.FullName,
                Words.Rows(made?.TableRows),
                made?.FinishedAt is { } at ? Words.AgeCell(at, now) : "",
                made?.LoadId.Short ?? "",
                made is null ? "nothing yet" : NameOf(made, table.Key.Target));
        }

        lines.Write(surroundings);
    }

    /// <summary>With its inbox where that is not called as the target is.</summary>
    private static string NameOf(TableLoad made, string target) => made.Inbox == target ? made.Dataset : $"{made.Inbox}/{made.Dataset}";

    private static string Newest(TableLoad load) =>
        $"{load.LoadId.Short} {Words.Of(load.Status)}: {load.Inbox}/{load.Dataset}{(load.Error is null ? "" : $": {load.Error}")}";
}

/// <summary>A table as <c>--json</c> shows it. What the table has now was made by <paramref name="LoadId"/>; null where nothing was loaded yet.</summary>
/// <param name="Rows">Of the table after that load.</param>
internal sealed record LoadedTable(
    string Target,
    string TableName,
    long? Rows,
    DateTimeOffset? LoadedAt,
    LoadId? LoadId,
    string? Inbox,
    string? Dataset,
    LoadId NewestLoadId,
    LoadStatus NewestStatus,
    DateTimeOffset NewestAcceptedAt,
    string? NewestError)
{
    public static LoadedTable Of(TableSummary table) => new(
        table.Key.Target,
        table.Key.FullName,
        table.Made?.TableRows,
        table.Made?.FinishedAt,
        table.Made?.LoadId,
        table.Made?.Inbox,
        table.Made?.Dataset,
        table.Newest.LoadId,
        table.Newest.Status,
        table.Newest.AcceptedAt,
        table.Newest.Error);
}
