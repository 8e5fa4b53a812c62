using Etl.Loader.Dashboard.Pages;
using Etl.Loader.Ledger;

namespace Etl.Loader.Tests.Dashboard;

public class RowChangeTests
{
    [Theory]
    [InlineData(null, 5L, "")]
    [InlineData(5L, null, "")]
    [InlineData(5L, 5L, "none")]
    [InlineData(1204L, 1000L, "+204 (+20.4 %)")]
    [InlineData(500L, 2000L, "-1,500 (-75 %)")]
    [InlineData(7L, 0L, "+7")]
    [InlineData(0L, 0L, "none")]
    public void The_change_of_rows_is_reported_as_a_number_and_a_share(long? now, long? before, string text)
    {
        var change = RowChange.Of(Load(now), before is null ? null : Load(before)).ToString();
        Assert.Equal(text, System.Text.RegularExpressions.Regex.Replace(change, "<[^>]*>", ""));
        Assert.Equal(now < before, change.Contains("text-danger", StringComparison.Ordinal));
    }

    [Fact]
    public void The_line_of_rows_says_in_words_what_it_draws()
    {
        Assert.Equal("", RowsLine.Of([Load(1)]).ToString());
        var line = RowsLine.Of([Load(30), Load(null), Load(10), Load(20)]).ToString();
        Assert.Contains("from 20 to 30, least 10, most 30", line, StringComparison.Ordinal);
        Assert.Contains("points=\"4,24 150,44 296,4\"", line, StringComparison.Ordinal);
        Assert.Contains("points=\"4,24 296,24\"", RowsLine.Of([Load(7), Load(7)]).ToString(), StringComparison.Ordinal);
    }

    private static TableLoad Load(long? rows) => new(
        new LoadId(Guid.Empty), 1, "in", "orders.csv", LoadMode.Replace, rows is null ? LoadStatus.Failed : LoadStatus.Loaded,
        DateTimeOffset.UnixEpoch, null, rows, null, rows, null);
}
