namespace Etl.Loader.IntegrationTests.EndToEnd;

public sealed class InfraUpTests
{
    [Fact]
    public async Task Infra_up_starts_everything_loads_a_file_and_stops_cleanly_by_the_same_signal()
    {
        await using var up = await RunningUp.StartFromCloneAsync();
        up.Deliver("warehouse", "orders.csv", "id,amount\n1,9.50\n");
        await up.LoadedAsync("warehouse", "orders.csv", TimeSpan.FromMinutes(1));

        await up.StopAsync();
        Assert.Contains(up.Ready.Dashboard.ToString().TrimEnd('/'), up.Said, StringComparison.Ordinal);
        Assert.Contains("psql", up.Said, StringComparison.Ordinal);
    }
}
