using Etl.Loader.Ledger;
using Etl.Loader.Loads;
using Etl.Loader.Targets;

namespace Etl.Loader.Tests.Loads;

public class ShrinkCheckTests
{
    private static readonly LoadId Load = LoadId.New(TimeProvider.System);
    private static readonly LoadId Before = LoadId.New(TimeProvider.System);

    private static readonly LoadSpec Spec = new() { Inbox = "main", Dataset = "orders.csv", Target = "t", TableName = "orders", Files = [], Shrink = 0.5m };

    [Theory]
    [InlineData(100, 50, 0.5, true)]
    [InlineData(100, 49, 0.5, false)]
    [InlineData(100, 100, 0, true)]
    [InlineData(100, 99, 0, false)]
    [InlineData(3, 1, 0.7, true)]
    [InlineData(100, 0, 1, true)]
    [InlineData(0, 0, 0, true)]
    public void A_table_loses_at_most_the_fraction_of_its_rows_that_the_rule_allows(long before, long now, double shrink, bool right)
    {
        var verify = () => ShrinkCheck.Verify(Load, Spec with { Shrink = (decimal)shrink }, Table(before, "{}"), now);
        if (right)
        {
            verify();
            return;
        }

        var fault = Assert.Throws<DatasetException>(verify);
        Assert.Contains($"{now} rows", fault.Message, StringComparison.Ordinal);
        Assert.Contains($"{before} since load {Before}", fault.Message, StringComparison.Ordinal);
        Assert.Contains("Loader:Inboxes:main:Datasets", fault.Hint, StringComparison.Ordinal);
        Assert.Contains($"requeue {Load.Short}", fault.Hint, StringComparison.Ordinal);
        Assert.True(ShrinkCheck.IsRefusal(fault.Message));
        Assert.False(ShrinkCheck.IsRefusal("line 3: 'x' is not a valid bigint"));
    }

    [Fact]
    public void Appends_count_with_the_replace_before_them()
    {
        var append = Spec with { Mode = LoadMode.Append };
        var appended = ReceiptDetails.TableRows(append, Table(100, "{}"), 3);
        Assert.Equal(103, appended);
        Assert.Equal(7, ReceiptDetails.TableRows(Spec, Table(100, "{}"), 7));

        var table = Table(3, $$"""{"table_rows": {{appended}}}""");
        Assert.Throws<DatasetException>(() => ShrinkCheck.Verify(Load, Spec, table, 51));
        ShrinkCheck.Verify(Load, Spec, table, 52);
    }

    [Fact]
    public void Nothing_is_held_against_an_append_a_first_load_or_a_table_of_others()
    {
        ShrinkCheck.Verify(Load, Spec with { Mode = LoadMode.Append }, Table(100, "{}"), 1);
        ShrinkCheck.Verify(Load, Spec with { Shrink = null }, Table(100, "{}"), 1);
        ShrinkCheck.Verify(Load, Spec, existing: null, 1);
        ShrinkCheck.Verify(Load, Spec, new ExistingTable(new TableName("public", "orders"), [], null), 1);
    }

    private static ExistingTable Table(long rows, string details) => new(new TableName("public", "orders"), [], new LoadReceipt
    {
        LoadId = Before,
        Inbox = "main",
        Dataset = "orders.csv",
        TableName = "public.orders",
        Mode = "replace",
        RowsLoaded = rows,
        RowsRejected = 0,
        Bytes = 1,
        Sha256 = "",
        Sequence = 1,
        AcceptedAt = default,
        StartedAt = default,
        PublishedAt = default,
        Details = details,
    });
}
