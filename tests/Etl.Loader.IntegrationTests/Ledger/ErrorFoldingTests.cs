using Etl.Loader.IntegrationTests.Queue;
using Etl.Loader.IntegrationTests.Support;
using Etl.Loader.Ledger;

namespace Etl.Loader.IntegrationTests.Ledger;

/// <summary>What of an error belongs to the one load: its names are folded where they are meant, and words that only look like them are left whole.</summary>
public class ErrorFoldingTests(PostgresServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public Task A_word_of_the_message_that_holds_a_name_or_is_spelt_like_one_stays_whole() => VerifyAsync(
        new("book.csv is not text but a ZIP archive or a workbook.", "daily/book.csv", "book", "… is not text but a ZIP archive or a workbook."),
        new("is.csv: The file is empty, this is all.", "is.csv", "is", "…: The file is empty, this is all."),
        new("empty.csv: The file is empty.", "empty.csv", "empty", "…: The file is empty."),
        new("the.csv: the dataset has 2 rows, the table had 4.", "the.csv", "the", "…: the dataset has # rows, the table had #."),
        new("t.csv: it doesn't fit.", "t.csv", "t", "…: it doesn't fit."),
        new("output.csv cannot be read: Input/output error.", "output.csv", "output", "… cannot be read: Input/output error."),
        new("archive.csv.gz is not text but an archive.", "archive.csv.gz", "archive", "… is not text but an archive."),
        new("line.csv line 7: column 'a' has 'x'.", "line.csv", "line", "… line #: column … has …."),
        new("in/col_1.csv: col_12, xcol_1, col_1_x and col_1.", "daily/col_1.csv", "col_1", "in/…: col_#, xcol_#, col_#_x and …."),
        new("größe_1.csv: ögröße_1 größe_1ß größe_1", "größe_1.csv", "größe_1", "…: ögröße_# größe_#ß …"),
        new("заказы.csv: public.заказы, подзаказы.", "заказы.csv", "заказы", "…: public.…, подзаказы."));

    [Fact]
    public Task A_plain_word_is_folded_where_it_names_something() => VerifyAsync(
        new("Table sales.empty exists and was not made by this loader.", "empty.csv", "empty", "Table sales.… exists and was not made by this loader."),
        new("sales: \"sales\".\"sales\", lake.main.sales, sales.sales and sales.", "sales", "sales", "…: ….…, lake.main.…, ….… and sales."),
        new("empty.csv: relation \"empty\" is empty", "empty.csv", "empty", "…: relation … is empty"),
        new("empty.csv: permission denied for table empty", "empty.csv", "empty", "…: permission denied for table …"),
        new("empty.csv: must be owner of view empty (constraint a on table empty)", "empty.csv", "empty", "…: must be owner of view … (constraint a on table …)"),
        new("empty.csv: Table with name empty does not exist!", "empty.csv", "empty", "…: Table with name … does not exist!"),
        new("empty.csv: NOT NULL constraint failed: empty.amount", "empty.csv", "empty", "…: NOT NULL constraint failed: ….amount"),
        new("part is not text but an archive.", "daily/part", "part", "… is not text but an archive."),
        new("daily/part: a part of it is not text.", "daily/part", "part", "…: a part of it is not text."),
        new("Table sales.t was made by in/part; part of it stays.", "part", "t", "Table sales.… was made by in/…; part of it stays."));

    [Fact]
    public Task Names_may_have_any_characters_or_be_missing() => VerifyAsync(
        new(@"a [b] $c\d (1)+.csv: ""a.*"" is odd.", @"a [b] $c\d (1)+.csv", "a_b_c_d_1", "…: … is odd."),
        new("axb: a.b, a.b_2, 1a.b", "a.b", "a.b", "axb: …, a.b_#, #a.b"),
        new(@"\1 \& \m_1 \m_1x", @"\m_1", @"\m_1", @"\# \& … \m_#x"),
        new("The data file 'o'brien' vanished.", "o'brien", "o_brien", "The data file … vanished."),
        new("t_1 t_1 t_1, t_1t_1", "t_1", "t_1", "… … …, t_#t_#"),
        new("7: line 7 is bad.", "7", "_7", "…: line # is bad."),
        new("a \u0001 character of t_1", "t_1", "t_1", "a  character of …"),
        new("bad", "", "", "bad"),
        new("bad", "daily/", null, "bad"),
        new("bad t_1", null, "t_1", "bad …"),
        new(null, "t_1.csv", "t_1", null));

    [Fact]
    public async Task Failed_loads_of_tables_with_plain_and_other_names_have_one_cause()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        foreach (var table in (string[])["book", "orders", "orders_2", "größe"])
        {
            var load = stage.New(table);
            await stage.Get<IAcceptLoads>().AcceptAsync([load], Token);
            var attempt = (await stage.Get<ILoadLedger>().BeginAttemptAsync(load.Id, 1, Token))!;
            var result = new AttemptResult { Outcome = AttemptOutcome.Failed, Error = $"{table}.csv: permission denied for table {table}, a workbook", Fault = "data" };
            Assert.NotNull(await stage.Get<ILoadLedger>().FinishAsync(attempt, result, Token));
        }

        var cause = Assert.Single(await stage.Get<ILoadQueries>().CausesAsync(10, Token));
        Assert.Equal((4L, "…: permission denied for table …, a workbook"), (cause.Loads, cause.Folded));
    }

    /// <summary>Where the database knows no letters but those of ASCII, as with the locale C, the words are the same.</summary>
    private async Task VerifyAsync(params Case[] cases)
    {
        await using var stage = await QueueStage.OpenAsync(server);
        foreach (var collation in (string[])["default", "C"])
        {
            var folded = await stage.ScalarAsync<string?[]>(
                $"""
                SELECT array_agg(etl_loader.fold_error(error COLLATE "{collation}", dataset COLLATE "{collation}", table_name COLLATE "{collation}") ORDER BY place)
                  FROM unnest($1, $2, $3) WITH ORDINALITY AS c (error, dataset, table_name, place)
                """,
                cases.Select(c => c.Error).ToArray(), cases.Select(c => c.Dataset).ToArray(), cases.Select(c => c.Table).ToArray());
            Assert.Equal(cases.Select(c => c.Folded), folded);
        }
    }

    private sealed record Case(string? Error, string? Dataset, string? Table, string? Folded);
}
