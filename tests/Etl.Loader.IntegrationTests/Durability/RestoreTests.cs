using Etl.Loader.IntegrationTests.Support;
using Etl.Loader.Ledger;
using Etl.Loader.Loads;
using Etl.Loader.Queue.Actions;
using Etl.Loader.Targets;

namespace Etl.Loader.IntegrationTests.Durability;

/// <summary>A database that is put back from an older backup, under the product or beside it.</summary>
public class RestoreTests(PostgresServer server)
{
    [Fact]
    public async Task A_target_restored_under_a_running_lane_is_loaded_into_again()
    {
        await using var installation = await Installation.StartedAsync(server);
        await installation.LoadAsync("warehouse", "a.csv", "id\n1\n");
        await Installation.BackUpAsync(installation.Warehouse);

        // Two changes of hands that the backup does not know of.
        for (var i = 0; i < 2; i++)
        {
            await installation.StopAsync();
            await installation.StartAsync();
            await installation.LoadAsync("warehouse", "a.csv", "id\n1\n2\n");
        }

        await Installation.RestoreAsync(installation.Warehouse);
        await installation.LoadAsync("warehouse", "b.csv", "id\n1\n");
        Assert.Equal(1, await installation.CountAsync("b"));
    }

    [Fact]
    public async Task A_target_restored_while_nothing_ran_is_loaded_into_again()
    {
        await using var installation = await Installation.StartedAsync(server);
        await installation.LoadAsync("warehouse", "a.csv", "id\n1\n");
        await Installation.BackUpAsync(installation.Warehouse);
        for (var i = 0; i < 3; i++)
        {
            await installation.StopAsync();
            await installation.StartAsync();
            await installation.UntilLaneAsync("warehouse", lane => lane.Epoch == i + 2);
        }

        await installation.LoadAsync("warehouse", "a.csv", "id\n1\n2\n");
        await installation.StopAsync();
        await Installation.RestoreAsync(installation.Warehouse);
        await installation.StartAsync();
        await installation.LoadAsync("warehouse", "b.csv", "id\n1\n");
    }

    [Fact]
    public async Task Deliveries_after_a_restore_of_the_ledger_are_newer_than_what_it_forgot()
    {
        await using var installation = await Installation.StartedAsync(server);
        await installation.LoadAsync("warehouse", "a.csv", "id\n1\n");
        await Installation.BackUpAsync(installation.Queue);
        foreach (var rows in new[] { "1\n2\n", "1\n2\n3\n", "1\n2\n3\n4\n" })
        {
            await installation.LoadAsync("warehouse", "a.csv", "id\n" + rows);
        }

        await installation.StopAsync();
        await Installation.RestoreAsync(installation.Queue);
        await installation.StartAsync();
        await installation.LoadAsync("warehouse", "a.csv", "id\n7\n");
        Assert.Equal(1, await installation.CountAsync("a"));
    }

    [Theory]
    [InlineData("warehouse")]
    [InlineData("lake")]
    public async Task A_ledger_that_was_restored_gets_back_what_it_forgot_from_the_receipts(string target)
    {
        await using var installation = await Installation.StartedAsync(server);
        await installation.LoadAsync(target, "a.csv", "id\n1\n");
        await Installation.BackUpAsync(installation.Queue);
        var forgotten = await installation.LoadAsync(target, "b.csv", "id\n1\n2\n");
        await installation.StopAsync();
        File.Delete(installation.At(target, "b.csv.loaded"));
        await Installation.RestoreAsync(installation.Queue);
        await installation.StartAsync();
        var restored = await installation.UntilAsync(forgotten, LoadStatus.Loaded);
        Assert.Equal(("b.csv", target, 2L, 0), (restored.Spec.Dataset, restored.Spec.Target, restored.RowsLoaded!.Value, restored.Attempt));
        Assert.Equal(["b.csv"], restored.Spec.Files.Select(f => f.Path));
        Assert.Equal("restore", await Installation.ScalarAsync<string>(installation.Queue, $"SELECT action FROM etl_loader.audit WHERE load_id = '{forgotten}'"));
        await installation.UntilLaneAsync(target, lane => lane.Reconciled?.StartsWith("1 receipts", StringComparison.Ordinal) == true);

        // It counts like any other: a reload of it is a load of its own.
        var again = await installation.Get<ILoadActions>().ReloadAsync(forgotten, new Actor("operator", null), Installation.Token);
        await installation.UntilAsync(again, LoadStatus.Loaded);
    }

    [Fact]
    public async Task A_restored_target_says_which_loads_have_no_receipt()
    {
        await using var installation = await Installation.StartedAsync(server);
        await installation.LoadAsync("warehouse", "a.csv", "id\n1\n");
        await Installation.BackUpAsync(installation.Warehouse);
        var lost = await installation.LoadAsync("warehouse", "b.csv", "id\n1\n");
        await installation.StopAsync();
        await Installation.RestoreAsync(installation.Warehouse);
        await installation.StartAsync();
        await installation.UntilLaneAsync("warehouse", lane => lane.Reconciled?.Contains("doctor", StringComparison.Ordinal) == true);
        Assert.Equal(
            [lost],
            await installation.Get<ReceiptComparison>().UnprovenAsync(installation.Get<TargetCatalog>().Get("warehouse"), all: true, Installation.Token));
    }

    [Fact]
    public async Task A_target_replaced_by_an_empty_database_is_taken_and_loaded_into()
    {
        await using var installation = await Installation.StartedAsync(server);
        await installation.LoadAsync("warehouse", "a.csv", "id\n1\n");
        await Installation.EmptyAsync(installation.Warehouse);
        await installation.LoadAsync("warehouse", "b.csv", "id\n1\n");
        Assert.Equal(0, await Installation.ScalarAsync<int>(installation.Queue, "SELECT max(failures) FROM etl_loader.load"));
    }

    [Fact]
    public async Task A_cancel_of_a_load_whose_loader_died_after_the_publish_gives_way_to_the_receipt()
    {
        await using var installation = await Installation.StartedAsync(server);
        var load = await installation.LoadAsync("warehouse", "a.csv", "id\n1\n");
        await installation.StopAsync();

        // As it stands when the loader dies between the publish and the report of it, and someone cancels before another one comes.
        await Installation.ExecuteAsync(installation.Queue, "UPDATE etl_loader.load SET status = 'queued', finished_at = NULL, receipt = NULL");
        await Installation.ExecuteAsync(installation.Queue, "UPDATE etl_loader.attempts SET outcome = 'crashed'");
        await installation.StartAsync(EtlLoaderRoles.None);
        await installation.Get<ILoadActions>().CancelAsync(load, new Actor("operator", null), Installation.Token);
        await installation.UntilAsync(load, LoadStatus.Cancelled);
        await installation.StopAsync();
        await installation.StartAsync();
        Assert.Equal(1, (await installation.UntilAsync(load, LoadStatus.Loaded)).RowsLoaded);
    }
}
