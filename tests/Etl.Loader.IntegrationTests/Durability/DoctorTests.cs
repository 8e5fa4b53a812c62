using Etl.Loader.App.Doctor;
using Etl.Loader.IntegrationTests.Support;
using Etl.Loader.Targets;

namespace Etl.Loader.IntegrationTests.Durability;

/// <summary>What <c>doctor</c> says of ledger and targets, and what it removes.</summary>
public class DoctorTests(PostgresServer server)
{
    [Fact]
    public async Task Missing_tables_lost_receipts_and_orphans_are_listed_with_the_line_to_run_and_cleaned_only_with_the_lane()
    {
        await using var installation = await Installation.StartedAsync(server);
        var gone = await installation.LoadAsync("warehouse", "gone.csv", "id\n1\n");
        var lost = await installation.LoadAsync("warehouse", "lost.csv", "id\n1\n");
        var orphan = LoadId.New(TimeProvider.System);
        await Installation.ExecuteAsync(installation.Warehouse, "DROP TABLE public.gone");
        await Installation.ExecuteAsync(installation.Warehouse, $"DELETE FROM etl_loader.receipts WHERE load_id = '{lost}'");
        await Installation.ExecuteAsync(installation.Warehouse, $"CREATE TABLE etl_loader_staging.\"{orphan}\" (id int)");

        var found = await RunAsync(installation, CleanRequest.Confirmed);
        Assert.Contains(found, f => f.Found.Contains("table missing: public.gone", StringComparison.Ordinal) && f.ToDo == $"etl-loader reload {gone}");
        Assert.Contains(found, f => f.Found.Contains("no receipt", StringComparison.Ordinal) && f.ToDo!.Contains($"etl-loader reload {lost}", StringComparison.Ordinal));
        Assert.Contains(found, f => f.Found.Contains($"not cleaned: {QueueDatabaseHolder} serves", StringComparison.Ordinal));
        Assert.Contains(
            await RunAsync(installation, Foretold),
            f => f.Found.Contains($"would not be cleaned: {orphan} (unknown to the ledger) stay: {QueueDatabaseHolder} serves", StringComparison.Ordinal));
        Assert.Equal([orphan], await StagedAsync(installation));

        await installation.StopAsync();
        await installation.StartAsync(EtlLoaderRoles.None);
        Assert.Contains(await RunAsync(installation, null), f => f.Found.Contains($"1 load left something in staging: {orphan} (unknown to the ledger)", StringComparison.Ordinal));
        Assert.Contains(await RunAsync(installation, Foretold), f => f.Found.Contains($"would remove what 1 load left in staging: {orphan}", StringComparison.Ordinal));
        List<string> asked = [];
        var refused = new CleanRequest(DryRun: false, question =>
        {
            asked.Add(question);
            return Task.FromResult(false);
        });
        Assert.Contains(await RunAsync(installation, refused), f => f.Found.Contains("; nothing was removed", StringComparison.Ordinal));
        Assert.Equal(["remove what 1 load left in the staging of warehouse?"], asked);
        Assert.Equal([orphan], await StagedAsync(installation));
        Assert.Contains(await RunAsync(installation, CleanRequest.Confirmed), f => f.Found.Contains("removed what 1 load had left", StringComparison.Ordinal));
        Assert.Empty(await StagedAsync(installation));
    }

    private static CleanRequest Foretold => CleanRequest.Confirmed with { DryRun = true };

    private static string QueueDatabaseHolder => Etl.Loader.Ledger.QueueDatabase.Holder;

    private static Task<IReadOnlyList<Finding>> RunAsync(Installation installation, CleanRequest? clean) =>
        Examination.RunAsync(installation.Configuration, clean, TimeProvider.System, Installation.Token);

    private static Task<IReadOnlyList<LoadId>> StagedAsync(Installation installation) =>
        installation.Get<TargetCatalog>().Get("warehouse").Upkeep.StagedLoadsAsync(Installation.Token);
}
