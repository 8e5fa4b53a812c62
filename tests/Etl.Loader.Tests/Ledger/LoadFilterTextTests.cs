using Etl.Loader.Ledger;

namespace Etl.Loader.Tests.Ledger;

public class LoadFilterTextTests
{
    [Fact]
    public void Every_key_is_read()
    {
        var filter = LoadFilter.Parse("  status:failed,Retrying target:warehouse inbox:in table:orders*  file:\"my file*.csv\" since:2d ");
        Assert.Equal([LoadStatus.Failed, LoadStatus.Retrying], filter.Statuses);
        Assert.Equal(("warehouse", "in", "orders*", "my file*.csv", TimeSpan.FromDays(2)), (filter.Target, filter.Inbox, filter.Table, filter.File, filter.Since!.Value));
    }

    [Fact]
    public void A_word_without_key_looks_for_files() => Assert.Equal("*orders*", LoadFilter.Parse("orders").File);

    [Fact]
    public void Nothing_narrows_nothing()
    {
        var filter = LoadFilter.Parse("");
        Assert.Empty(filter.Statuses);
        Assert.Null(filter.Target);
        Assert.Equal("", filter.Format());
    }

    [Theory]
    [InlineData("status:failed target:warehouse inbox:in table:orders* file:*.csv since:2d")]
    [InlineData("status:failed,queued file:\"a b\" since:90m")]
    [InlineData("since:36h")]
    [InlineData("since:45s")]
    public void What_is_formatted_reads_back_the_same(string text) => Assert.Equal(text, LoadFilter.Parse(text).Format());

    [Theory]
    [InlineData("tabel:x", "status, target, inbox, table, file, since")]
    [InlineData("status:broken", "queued, loading, retrying, loaded, failed, cancelled, superseded")]
    [InlineData("since:soon", "'soon'")]
    [InlineData("since:2w", "'2w'")]
    [InlineData("table:", "'table:'")]
    [InlineData("file:\"x", "quote")]
    [InlineData("file:a file:b", "'file' twice: 'file:a' and 'file:b'")]
    [InlineData("status:failed STATUS:queued", "'status' twice")]
    [InlineData("orders invoices", "'file' twice: 'orders' and 'invoices'")]
    public void A_fault_names_what_is_known(string text, string named)
    {
        var fault = Assert.Throws<LoaderException>(() => LoadFilter.Parse(text));
        Assert.Contains(named, fault.Message, StringComparison.Ordinal);
        Assert.False(string.IsNullOrEmpty(fault.Hint));
    }
}
