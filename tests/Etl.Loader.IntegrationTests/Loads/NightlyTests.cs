using Etl.Loader.IntegrationTests.Support;
using Etl.Loader.Targets;

namespace Etl.Loader.IntegrationTests.Loads;

/// <summary>
/// Thirty nightly versions of one file into one table with a view over it: each night loads, with types that only widen, or fails naming the view,
/// the column, the line and the entry of <c>schema</c> that pins the type, and changes nothing.
/// </summary>
public sealed class NightlyTests(PostgresServer server)
{
    private const string View = "SELECT id, qty + 1 AS more, day - 1 AS eve, upper(note) AS loud FROM orders";

    /// <param name="Types">After the night; null: it fails.</param>
    /// <param name="Rows">In the view after the night.</param>
    /// <param name="Says">All of it in message and hint of the failure.</param>
    private sealed record Night(string Content, string? Types, int Rows, string Trigger = "", string[]? Says = null);

    private static readonly Night[] Nights =
    [
        new("id,qty,day,note\n1,5,2026-01-01,a\n2,6,2026-01-02,b\n", "id bigint, qty bigint, day date, note text", 2),
        new("id,qty,day,note\n1,5,2026-01-01,a\n2,6,2026-01-02,b\n3,7,2026-01-03,c\n", "id bigint, qty bigint, day date, note text", 3),
        new("id,qty,day,note\n1,,2026-01-01,a\n2,,2026-01-02,b\n", "id bigint, qty bigint, day date, note text", 2),
        new("id,qty,day,note\n1,5,2026-01-01,a\n2,N/A,2026-01-02,b\n", null, 2, Says: ["told", "'qty'", "bigint", "line 3", "'N/A'", "\"schema\": { \"qty\": \"bigint\" }"]),
        new("id,qty,day,note\n1,5,2026-01-01,a\n2,1.5,2026-01-02,b\n3,N/A,2026-01-02,b\n", null, 2, Says: ["told", "'qty'", "line 3", "'1.5'"]),
        new("id,qty,day,note\n1,5,2026-01-01,a\n2,N/A,2026-01-02,b\n", null, 2, """{ "schema": { "qty": "bigint" } }""", ["qty", "line 3", "'N/A'"]),
        new("id,qty,day,note\n1,5,2026-01-01,a\n2,N/A,2026-01-02,b\n", "id bigint, qty bigint, day date, note text", 1, """{ "schema": { "qty": "bigint" }, "rejects": { "max": 1 } }"""),
        new("id,qty,day,note\n1,5,2026-01-01,a\n2,N/A,2026-01-02,b\n", "id bigint, qty bigint, day date, note text", 2, """{ "dialect": { "null": ["", "N/A"] } }"""),
        new("id,qty,day,note\n1,99999999999999999999,2026-01-01,a\n", "id bigint, qty numeric(20,0), day date, note text", 1),
        new("id,qty,day,note\n1,5,2026-01-01,a\n", "id bigint, qty numeric(20,0), day date, note text", 1),
        new("id,qty,day,note\n1,1.25,2026-01-01,a\n2,3,2026-01-01,a\n", "id bigint, qty numeric(22,2), day date, note text", 2),
        new("id,qty,day,note,extra\n1,5,2026-01-01,a,x\n2,6,2026-01-02,b,y\n", "id bigint, qty numeric(22,2), day date, note text, extra text", 2),
        new("id,qty,day,note\n1,5,2026-01-01,a\n2,6,2026-01-02,b\n", "id bigint, qty numeric(22,2), day date, note text", 2),
        new("note,day,qty,id\na,2026-01-01,5,1\n", "note text, day date, qty numeric(22,2), id bigint", 1),
        new("id,qty,day\n1,5,2026-01-01\n2,6,2026-01-02\n", null, 1, Says: ["told", "'note'", "not in the dataset"]),
        new("id,qty,day,note\n1,5,2026-01-01 10:00:00,a\n", null, 1, Says: ["told", "'day'", "date", "line 2", "'2026-01-01 10:00:00'", "\"schema\": { \"day\": \"date\" }"]),
        new("id,qty,day,note\n1,5,2026-01-01,a\n2,5,soon,a\n", null, 1, Says: ["told", "'day'", "line 3", "'soon'"]),
        new("id,qty,day,note\n1,5,,a\n2,6,,b\n", "id bigint, qty numeric(22,2), day date, note text", 2),
        new("id,qty,day,note\n,,,\n,,,\n", "id bigint, qty numeric(22,2), day date, note text", 2),
        new("id,qty,day,note\n", "id bigint, qty numeric(22,2), day date, note text", 0),
        new("id,qty,day,note\n7,8,2026-01-01,a\n", "id bigint, qty numeric(22,2), day date, note text", 1),
        new("id,qty,day,note\n1,5,2026-01-01,17\n2,5,2026-01-01,18\n", "id bigint, qty numeric(22,2), day date, note text", 2),
        new("id,qty,day,note\n1,1e5,2026-01-01,a\n2,2,2026-01-01,b\n", null, 2, Says: ["told", "'qty'", "line 2", "'1e5'", "numeric(22,2)"]),
        new("id,qty,day,note\n1,5,2026-01-01,\"\"\n2,5,2026-01-01,\n", "id bigint, qty numeric(22,2), day date, note text", 2),
        new("id,qty,day,note,flag\n1,5,2026-01-01,a,true\n2,5,2026-01-01,b,false\n", "id bigint, qty numeric(22,2), day date, note text, flag boolean", 2),
        new("id,qty,day,note,flag\n1,5,2026-01-01,a,\n2,5,2026-01-01,b,\n", "id bigint, qty numeric(22,2), day date, note text, flag boolean", 2),
        new("id,qty,day,note,flag\n1,5,2026-01-01,a,true\n2,5,2026-01-01,b,maybe\n", "id bigint, qty numeric(22,2), day date, note text, flag text", 2),
        new("id;qty;day;note;flag\n1;5;2026-01-01;a;true\n2;5;2026-01-01;b;maybe\n", null, 2, Says: ["\"delimiter\": \",\"", "\"delimiter\": \";\""]),
        new("id;qty;day;note;flag\n007;5;2026-01-01;a;true\n2;5;2026-01-01;b;maybe\n3;5;2026-01-01;c;no\n", "id text, qty numeric(22,2), day date, note text, flag text", 3, """{ "dialect": { "delimiter": ";" } }"""),
        new("id;qty;day;note;flag\n1;12345678901234567890123;2026-01-01;a;true\n", "id text, qty numeric(25,2), day date, note text, flag text", 1),
    ];

    [Theory]
    [InlineData(nameof(TargetKind.PostgreSql))]
    [InlineData(nameof(TargetKind.DuckDb))]
    public async Task Thirty_nights_load_or_say_what_cannot_take_them(string kind)
    {
        await using var into = await LoadsIntoTarget.CreateAsync(kind, server);
        var types = "";
        for (var night = 0; night < Nights.Length; night++)
        {
            var (content, wanted, rows, trigger, says) = Nights[night];
            var fault = await Record.ExceptionAsync(() => into.Loads.LoadAsync("orders.csv", content, trigger));
            if (wanted is null)
            {
                var reported = Assert.IsType<DatasetException>(fault);
                var text = $"{reported.Message}\n{reported.Hint}";
                Assert.All(says!, said => Assert.True(text.Contains(said, StringComparison.Ordinal), $"Night {night + 1} does not say {said}:\n{text}"));
            }
            else
            {
                Assert.True(fault is null, $"Night {night + 1} failed: {fault?.Message}\n{(fault as LoaderException)?.Hint}");
                types = wanted;
            }

            if (night == 0)
            {
                await into.QueryAsync($"CREATE VIEW told AS {View}");
            }

            Assert.Equal((night, types), (night, await into.Loads.TypesAsync("orders")));
            Assert.Equal((night, rows), (night, (await into.QueryAsync("SELECT id, more, eve, loud FROM told")).Count));
        }

        Assert.Equal(30, Nights.Length);
    }

    [Theory]
    [InlineData(nameof(TargetKind.PostgreSql))]
    [InlineData(nameof(TargetKind.DuckDb))]
    public async Task A_replace_that_lost_most_rows_is_not_published(string kind)
    {
        await using var into = await LoadsIntoTarget.CreateAsync(kind, server);
        into.Loads.Options.Datasets = [new("orders.csv", Inboxes.Triggers.Manifest.Empty, null, 0.5m)];
        await into.Loads.LoadAsync("orders.csv", "id\n1\n2\n3\n");
        await into.Loads.LoadAsync("orders.csv", "id\n4\n", """{ "mode": "append" }""");
        var fault = await Assert.ThrowsAsync<DatasetException>(() => into.Loads.LoadAsync("orders.csv", "id\n1\n"));
        Assert.Contains("has 1 row,", fault.Message, StringComparison.Ordinal);
        Assert.Contains("has 4 since", fault.Message, StringComparison.Ordinal);
        Assert.Equal(4, (await into.QueryAsync("SELECT id FROM orders")).Count);

        // Rows that are left aside are not in the table either.
        await Assert.ThrowsAsync<DatasetException>(
            () => into.Loads.LoadAsync("orders.csv", "id\n1\nx\n", """{ "schema": { "id": "bigint" }, "rejects": { "max": 1 } }"""));
        await into.Loads.LoadAsync("orders.csv", "id\n1\n2\n");
        Assert.Equal(2, (await into.QueryAsync("SELECT id FROM orders")).Count);
    }
}
