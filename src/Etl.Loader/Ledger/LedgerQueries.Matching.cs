namespace Etl.Loader.Ledger;

/// <summary>What an action on many loads is meant for.</summary>
internal sealed partial class LedgerQueries
{
    private const int MostGroups = 10;
    private static readonly SqlText MatchingSql = SqlText.Load("Ledger/Sql/bulk.sql");

    public async Task<MatchSummary> SummarizeAsync(LoadFilter filter, CancellationToken token)
    {
        await using var connection = await database.OpenAsync(token);
        var groups = new List<(string Kind, MatchGroup Group, long Newest)>();
        await using (var command = Filtered(MatchingSql, "summary", filter, connection))
        await using (var row = await command.ExecuteReaderAsync(token))
        {
            while (await row.ReadAsync(token))
            {
                var kind = row.Text("kind")!;
                var key = kind == "cause" ? row.Text("cause") ?? "" : $"{row.Text("target")} {row.Text("table_name")}";
                groups.Add((kind, new MatchGroup(key, key, row.Number("loads")!.Value), row.Number("newest")!.Value));
            }
        }

        var all = groups.First(g => g.Kind == "all");
        var causes = Of("cause").Where(g => g.Key.Length > 0).ToList();
        var texts = (await ReadAsync(
            MatchingSql["cause_texts"],
            command => command.WithTexts("causes", causes.Select(c => c.Key)),
            row => (Cause: row.Text("cause")!, Text: row.Text("folded") ?? ""),
            token)).ToDictionary(t => t.Cause, t => t.Text);
        return new MatchSummary(all.Group.Loads, all.Newest, [.. causes.Select(c => c with { Text = texts.GetValueOrDefault(c.Key, c.Key) })], Of("table"));

        List<MatchGroup> Of(string kind) => [.. groups.Where(g => g.Kind == kind).Select(g => g.Group).OrderByDescending(g => g.Loads).Take(MostGroups)];
    }

    public async Task<IReadOnlyList<MatchedLoad>> MatchingAsync(LoadFilter filter, long after, long upTo, int limit, CancellationToken token)
    {
        await using var connection = await database.OpenAsync(token);
        await using var command = Filtered(MatchingSql, "matching", filter, connection).With("after", after).With("up_to", upTo).With("limit", limit);
        await using var row = await command.ExecuteReaderAsync(token);
        var loads = new List<MatchedLoad>();
        while (await row.ReadAsync(token))
        {
            loads.Add(new MatchedLoad(new LoadId(row.GetGuid(0)), row.GetInt64(1)));
        }

        return loads;
    }
}
