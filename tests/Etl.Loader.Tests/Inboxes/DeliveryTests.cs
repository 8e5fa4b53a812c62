using System.Security.Cryptography;
using Etl.Loader.Inboxes;
using Etl.Loader.Inboxes.Triggers;
using Etl.Loader.Ledger;

namespace Etl.Loader.Tests.Inboxes;

public sealed class DeliveryTests : IDisposable
{
    private readonly TempInbox _inbox = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _inbox.Dispose();

    private string Source(string name, string content)
    {
        var path = Path.Combine(_inbox.Outside, name);
        File.WriteAllText(path, content);
        return path;
    }

    private static AcceptedBy By => new("kim@host", null);

    private FileAcceptor Acceptor() => new(_inbox.Catalog, _inbox.Ledger, _inbox.Files, _inbox.Time);

    [Fact]
    public async Task A_delivery_is_data_and_trigger_with_bytes_and_hash()
    {
        var file = Source("orders.csv", "id\n1\n");
        var delivered = await new Delivery(_inbox.Catalog, _inbox.Ledger).DeliverAsync(file, "main", null, new Manifest { Target = "lake", Table = "sales.o", Mode = LoadMode.Append }, null, Token);
        Assert.Equal(("main", "orders.csv", 5L), (delivered.Inbox, delivered.Dataset, delivered.Bytes));
        Assert.Equal(["orders.csv", "orders.csv.trigger"], _inbox.Names());
        var spec = _inbox.Trigger("orders.csv", _inbox.Read("orders.csv.trigger")).Spec;
        Assert.Equal(new Expectation(null, 5, Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)))), spec.Expect);
        Assert.Equal(("lake", "sales", "o", LoadMode.Append), (spec.Target, spec.TableSchema, spec.TableName, spec.Mode));
    }

    [Theory]
    [InlineData("a.trigger")]
    [InlineData(".hidden")]
    [InlineData("../a.csv")]
    [InlineData("sub/a.csv")]
    public async Task A_delivery_has_a_datas_name(string name)
    {
        var file = Source("orders.csv", "x");
        await Assert.ThrowsAsync<LoaderException>(() => new Delivery(_inbox.Catalog, _inbox.Ledger).DeliverAsync(file, "main", name, Manifest.Empty, null, Token));
        Assert.Empty(_inbox.Names());
    }

    [Theory]
    [InlineData("main", "mars", null, "'mars' is not open to inbox main; it may name: warehouse, lake (the nearest is lake)")]
    [InlineData("main", null, "slaes.orders", "it may name: public, sales (the nearest is sales)")]
    [InlineData("main", null, "etl_loader.load", "is reserved")]
    [InlineData("main", null, "a.b.c", "has 3 parts")]
    [InlineData("mian", null, null, "There is no inbox 'mian'; configured inboxes: main")]
    public async Task What_cannot_be_loaded_is_refused_before_anything_is_written(string inbox, string? target, string? table, string says)
    {
        var file = Source("orders.csv", "id\n1\n");
        var refusal = await Assert.ThrowsAnyAsync<LoaderException>(() => new Delivery(_inbox.Catalog, _inbox.Ledger).DeliverAsync(
            file, inbox, null, new Manifest { Target = target, Table = table }, null, Token));
        Assert.Contains(says, refusal.Message, StringComparison.Ordinal);
        Assert.Empty(_inbox.Names());
    }

    [Fact]
    public async Task A_rule_that_leads_elsewhere_is_checked_too()
    {
        using var inbox = new TempInbox(options => options.Datasets = [new DatasetRule("*.csv", new Manifest { Target = "mars" }, null, null)]);
        var file = Path.Combine(inbox.Outside, "orders.csv");
        await File.WriteAllTextAsync(file, "id\n1\n", Token);
        await Assert.ThrowsAsync<LoaderException>(() => new Delivery(inbox.Catalog, inbox.Ledger).DeliverAsync(file, "main", null, Manifest.Empty, null, Token));
        Assert.Empty(inbox.Names());
    }

    [Fact]
    public async Task Nothing_is_delivered_into_a_mount_point_whose_share_is_gone()
    {
        _inbox.Ledger.RegisterOther("main");
        var file = Source("orders.csv", "id\n1\n");
        await Assert.ThrowsAsync<InboxAwayException>(() => new Delivery(_inbox.Catalog, _inbox.Ledger).DeliverAsync(file, "main", null, Manifest.Empty, null, Token));
        Assert.Empty(_inbox.Names());
    }

    [Fact]
    public async Task Each_delivery_has_an_id_of_its_own()
    {
        var file = Source("orders.csv", "id\n1\n");
        var delivery = new Delivery(_inbox.Catalog, _inbox.Ledger);
        var first = await delivery.DeliverAsync(file, "main", null, Manifest.Empty, null, Token);
        Assert.Equal(first.Id, _inbox.Trigger("orders.csv", _inbox.Read("orders.csv.trigger")).Delivery);
        var second = await delivery.DeliverAsync(file, "main", null, Manifest.Empty, null, Token);
        Assert.Equal(second.Id, _inbox.Trigger("orders.csv", _inbox.Read("orders.csv.trigger")).Delivery);
        Assert.NotEqual(first.Id, second.Id);
    }

    [Fact]
    public async Task An_interrupted_delivery_leaves_nothing()
    {
        using var stop = new CancellationTokenSource();
        var file = Source("orders.csv", new string('x', 3 << 20));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => new Delivery(_inbox.Catalog, _inbox.Ledger).DeliverAsync(file, "main", null, Manifest.Empty, new Stopping(stop), stop.Token));
        Assert.Empty(_inbox.Names());
    }

    [Fact]
    public async Task Unknown_inboxes_and_files_are_named()
    {
        var delivery = new Delivery(_inbox.Catalog, _inbox.Ledger);
        var file = Source("orders.csv", "x");
        Assert.Contains("configured inboxes: main", (await Assert.ThrowsAsync<UnknownNameException>(() => delivery.DeliverAsync(file, "mian", null, Manifest.Empty, null, Token))).Message, StringComparison.Ordinal);
        Assert.Contains("There is no file", (await Assert.ThrowsAsync<LoaderException>(() => delivery.DeliverAsync(file + "x", "main", null, Manifest.Empty, null, Token))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_in_an_inbox_is_accepted_without_a_trigger()
    {
        _inbox.Write("sub/orders.csv", "123");
        var (id, _) = await Acceptor().AcceptAsync([_inbox.At("sub/orders.csv")], null, "sales.o", By, Token);
        var load = Assert.Single(_inbox.Ledger.Accepted);
        Assert.Equal((id, "sub/orders.csv", "sales", "o"), (load.Id, load.Spec.Dataset, load.Spec.TableSchema, load.Spec.TableName));
        Assert.Equal("sub/orders.csv", Assert.Single(load.Spec.Files).Path);
        Assert.Equal(["sub/orders.csv", "sub/orders.csv.queued"], _inbox.Names());
    }

    [Fact]
    public async Task A_file_outside_every_inbox_or_out_of_one_by_a_link_is_not_accepted()
    {
        var outside = Source("orders.csv", "123");
        File.CreateSymbolicLink(_inbox.At("link.csv"), outside);
        Assert.Contains("is not in any inbox", (await Assert.ThrowsAsync<LoaderException>(() => Acceptor().AcceptAsync([outside], null, null, By, Token))).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<DatasetException>(() => Acceptor().AcceptAsync([_inbox.At("link.csv")], null, null, By, Token));
        Assert.Empty(_inbox.Ledger.Loads);
    }

    [Fact]
    public async Task Several_files_of_one_directory_are_one_dataset_named_by_the_first()
    {
        _inbox.Write("sub/b.csv", "12");
        _inbox.Write("sub/a.csv", "1");
        var (id, spec) = await Acceptor().AcceptAsync([_inbox.At("sub/b.csv"), _inbox.At("sub/a.csv")], "lake", "o", By, Token);
        Assert.Equal(id, Assert.Single(_inbox.Ledger.Accepted).Id);
        Assert.Equal(("sub/b.csv", "lake", "o"), (spec.Dataset, spec.Target, spec.TableName));
        Assert.Equal(["sub/a.csv", "sub/b.csv"], spec.Files.Select(f => f.Path));
    }

    [Fact]
    public async Task Files_of_several_directories_are_not_one_dataset()
    {
        _inbox.Write("a.csv", "1");
        _inbox.Write("sub/b.csv", "2");
        await Assert.ThrowsAsync<LoaderException>(() => Acceptor().AcceptAsync([_inbox.At("a.csv"), _inbox.At("sub/b.csv")], null, "o", By, Token));
        Assert.Empty(_inbox.Ledger.Loads);
    }

    [Fact]
    public async Task The_marker_of_an_accepted_file_says_what_a_trigger_would_have_said()
    {
        _inbox.Write("a.csv", "1");
        _inbox.Write("b.csv", "2");
        var (id, spec) = await Acceptor().AcceptAsync([_inbox.At("a.csv"), _inbox.At("b.csv")], "lake", "o", By, Token);
        using var root = _inbox.Inbox.Open();
        var marker = Etl.Loader.Inboxes.Files.MarkerFile.ReadQueued(root, "a.csv.queued")!.Value;
        Assert.Equal(id, marker.Load);
        Assert.Equivalent(spec, _inbox.Trigger("a.csv", System.Text.Encoding.UTF8.GetString(marker.Trigger)).Spec);
    }

    [Fact]
    public async Task A_file_that_is_in_the_inbox_is_not_delivered_onto_itself()
    {
        _inbox.Write("orders.csv", "123");
        await Assert.ThrowsAsync<LoaderException>(
            () => new Delivery(_inbox.Catalog, _inbox.Ledger).DeliverAsync(_inbox.At("orders.csv"), "main", null, Manifest.Empty, null, Token));
        Assert.Equal(["orders.csv"], _inbox.Names());
    }

    private sealed class Stopping(CancellationTokenSource stop) : IProgress<long>
    {
        public void Report(long value) => stop.Cancel();
    }
}
