using System.Text.Json;
using Etl.Loader.Ledger;
using Etl.Loader.Loads;
using Etl.Loader.Survey;
using Etl.Loader.Targets;

namespace Etl.Loader.Tests.Loads;

/// <summary>A column is its name in the dataset: night after night it has the same name in the table, in whatever order the columns come.</summary>
public class ColumnSelectionTests
{
    /// <summary>Names that all become the same few names in a table.</summary>
    private static readonly string[] Alike = ["Net Amt", "net_amt", "NET AMT", "Net-Amt", "net amt", "NetAmt", "netamt", "Id", "id", "ID", "net_amt_2", "Net Amt 2", "", "column_3", "é", "É"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Nights_in_any_order_never_exchange_columns(int seed)
    {
        var random = new Random(seed);
        for (var member = 0; member < 300; member++)
        {
            var first = random.GetItems(Alike, random.Next(2, 8)).Distinct().ToArray();
            var mode = random.Next(2) == 0 ? LoadMode.Replace : LoadMode.Append;
            var table = Night(first, null, mode);
            var known = table.Names;
            for (var night = 0; night < 6; night++)
            {
                // Of what was there before, some or all, in another order; now and then something new.
                var sources = random.GetItems([.. known.Keys], random.Next(1, known.Count + 1)).Distinct().Concat(random.Next(3) == 0 ? random.GetItems(Alike, 1) : []).Distinct().ToArray();
                random.Shuffle(sources);
                try
                {
                    table = Night(sources, table.Existing, mode);
                }
                catch (DatasetException question) when (question.Hint!.Contains("\"rename\"", StringComparison.Ordinal) && sources.Any(s => !known.ContainsKey(s)))
                {
                    continue;
                }

                foreach (var (source, name) in table.Names)
                {
                    Assert.True(!known.TryGetValue(source, out var before) || before == name, $"Seed {seed}, member {member}: '{source}' was {before} and is {name}.");
                }

                Assert.Equal(table.Names.Count, table.Names.Values.Distinct().Count());
                // A respelled name takes the place of the one before it.
                known = known.Where(k => !table.Names.Values.Contains(k.Value)).Concat(table.Names).ToDictionary();
                if (mode == LoadMode.Replace)
                {
                    // What a replace dropped without a rival of its stem is forgotten.
                    known = known.Where(k => table.Names.ContainsKey(k.Key) || KnownColumns.Of(table.Existing).Any(e => e.Source == k.Key)).ToDictionary();
                }
            }
        }
    }

    [Fact]
    public void A_header_spelled_otherwise_is_the_same_column()
    {
        var first = Night(["Net Amt", "qty"], null, LoadMode.Replace);
        Assert.Equal("net_amt", Night(["QTY", "net_amt"], first.Existing, LoadMode.Replace).Names["net_amt"]);
    }

    [Fact]
    public void Which_of_two_a_new_spelling_is_has_to_be_said()
    {
        var first = Night(["Net Amt", "net_amt"], null, LoadMode.Replace);
        var fault = Assert.Throws<DatasetException>(() => Night(["NET AMT", "net_amt"], first.Existing, LoadMode.Replace));
        Assert.Contains("'NET AMT'", fault.Message, StringComparison.Ordinal);
        Assert.Contains("\"rename\": { \"NET AMT\": \"net_amt\" }", fault.Hint, StringComparison.Ordinal);
        var said = Night(["NET AMT", "net_amt"], first.Existing, LoadMode.Replace, new(Rename: new Dictionary<string, string> { ["NET AMT"] = "net_amt" }));
        Assert.Equal(("net_amt", "net_amt_2"), (said.Names["NET AMT"], said.Names["net_amt"]));
    }

    [Fact]
    public void Columns_are_renamed_picked_and_dropped_by_either_name()
    {
        string[] sources = ["xmin", "Net Amt", "Note"];
        Assert.Equal(["x_min", "net_amt", "note"], Night(sources, null, LoadMode.Replace, new(Rename: new Dictionary<string, string> { ["xmin"] = "x_min" })).Names.Values);
        Assert.Equal(["Net Amt"], Night(sources, null, LoadMode.Replace, new(Only: ["net_amt"])).Names.Keys);
        Assert.Equal(["xmin", "Note"], Night(sources, null, LoadMode.Replace, new(Drop: ["Net Amt"])).Names.Keys);
        var unknown = Assert.Throws<DatasetException>(() => Night(sources, null, LoadMode.Replace, new(Drop: ["Nte"])));
        Assert.Contains("'Note'", unknown.Hint, StringComparison.Ordinal);
        Assert.Throws<DatasetException>(() => Night(sources, null, LoadMode.Replace, new(Drop: sources)));
        Assert.Throws<DatasetException>(() => Night(sources, null, LoadMode.Replace, new(Rename: new Dictionary<string, string> { ["xmin"] = "note_1", ["Note"] = "note_1" })));
        Assert.Throws<DatasetException>(() => Night(["Id", "ID"], null, LoadMode.Replace, new(Drop: ["id"])));
    }

    private static (ExistingTable Existing, IReadOnlyDictionary<string, string> Names) Night(
        string[] sources, ExistingTable? existing, LoadMode mode, ColumnChoice? choice = null)
    {
        var survey = new DatasetSurvey
        {
            Format = DataFormat.JsonLines,
            Files = [],
            Columns = [.. sources.Select(source => new SurveyedColumn(source, ColumnType.Text, 0, 0, null))],
            Rows = 1,
            Bytes = 1,
            Sha256 = "",
            Notes = [],
        };
        var spec = new LoadSpec { Inbox = "in", Dataset = "orders", Target = "t", TableName = "orders", Files = [], Mode = mode, Columns = choice };
        var columns = ColumnPlan.Make(spec, survey, existing, null);
        var details = ReceiptDetails.Describe(survey, columns, 1, KnownColumns.Before(existing, columns, mode));
        JsonDocument.Parse(details).Dispose();
        var names = columns.Select(c => c.Name);
        var kept = mode == LoadMode.Append && existing is not null ? existing.Columns.Select(c => c.Name).Union(names) : names;
        var receipt = new LoadReceipt
        {
            LoadId = LoadId.New(TimeProvider.System),
            Inbox = "in",
            Dataset = "orders",
            TableName = "public.orders",
            Mode = "replace",
            RowsLoaded = 1,
            RowsRejected = 0,
            Bytes = 1,
            Sha256 = "",
            Sequence = 1,
            AcceptedAt = default,
            StartedAt = default,
            PublishedAt = default,
            Details = details,
        };
        return (
            new ExistingTable(new TableName("public", "orders"), [.. kept.Select(name => new ExistingColumn(name, ColumnType.Text, "text", true, false))], receipt),
            columns.ToDictionary(c => c.SourceName, c => c.Name));
    }
}
