using System.Text.RegularExpressions;

namespace Etl.Loader.IntegrationTests.EndToEnd;

/// <summary>Rows that did not fit are taken out, repaired and delivered as an append, in the file's own dialect: then the table is complete.</summary>
public sealed partial class RejectsTests(SharedUp shared) : IClassFixture<SharedUp>
{
    private RunningUp Up => shared.Up;

    [Theory]
    [InlineData("warehouse")]
    [InlineData("lake")]
    public async Task Rejected_rows_are_repaired_and_appended(string inbox)
    {
        const string trigger = """{ "schema": { "qty": "numeric(10,2)", "day": "date" }, "dialect": { "decimal": ",", "date": "dd.MM.yyyy" }, "rejects": { "max": 9 } }""";
        Up.Deliver(inbox, "broken.csv", "id;qty;day;note\n1;1,50;01.02.2026;a\n2;many;02.02.2026;b\n3;2,25;03.02.2026\n4;3,00;31.02.2026;d\n5;4;05.02.2026;\"e;e\"\n", trigger);
        var loaded = await Up.LoadedAsync(inbox, "broken.csv");
        Assert.Equal([["1"], ["5"]], await Up.TargetAsync(inbox, "SELECT id FROM broken ORDER BY id"));

        var shown = (await Up.RunVerbAsync("show", loaded.LoadId, "--json")).Json().GetProperty("load");
        Assert.Equal((2, 3), (shown.GetProperty("rows_loaded").GetInt64(), shown.GetProperty("rows_rejected").GetInt64()));
        var lines = (await Up.RunVerbAsync("rejects", loaded.LoadId, "--json")).Json().EnumerateArray().Select(r => r.GetProperty("line").GetInt64());
        Assert.Equal([3L, 4L, 5L], lines);

        var repair = Path.Combine(Up.Outside, $"repair-{inbox}.csv");
        var reported = (await Up.RunVerbAsync("rejects", loaded.LoadId, "--out", repair)).Ended(0).Out;
        var text = await File.ReadAllTextAsync(repair, TestContext.Current.CancellationToken);
        Assert.Equal("id;qty;day;note\n2;many;02.02.2026;b\n3;2,25;03.02.2026\n4;3,00;31.02.2026;d\n", text);
        text = text.Replace("many", "7,75", StringComparison.Ordinal).Replace("03.02.2026\n", "03.02.2026;c\n", StringComparison.Ordinal).Replace("31.02", "28.02", StringComparison.Ordinal);
        await File.WriteAllTextAsync(repair, text, TestContext.Current.CancellationToken);

        // The line that was printed, as a shell would take it apart.
        var printed = Printed().Match(reported).Groups[1].Value;
        var arguments = Words().Matches(printed).Select(word => word.Value.Trim('\'')).ToArray();
        (await Up.RunVerbAsync([.. arguments, "--wait", "--timeout", "60s"])).Ended(0);
        Assert.Equal(
            [["1", "t"], ["2", "t"], ["3", "t"], ["4", "t"], ["5", "t"]],
            await Up.TargetAsync(inbox, """
                SELECT id, CASE WHEN (id, qty, note) IN ((1, 1.50, 'a'), (2, 7.75, 'b'), (3, 2.25, 'c'), (4, 3.00, 'd'), (5, 4.00, 'e;e'))
                    AND extract(year FROM day) = 2026 THEN 't' END
                FROM broken ORDER BY id
                """));
    }

    [GeneratedRegex("etl-loader (deliver .*)")]
    private static partial Regex Printed();

    [GeneratedRegex("'[^']*'|[^ ]+")]
    private static partial Regex Words();
}
