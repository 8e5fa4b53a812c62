using System.Globalization;
using System.Text;

namespace Etl.Loader.IntegrationTests.EndToEnd;

/// <summary>Each test stops or kills its own <c>up</c> in the middle of its work and starts it again.</summary>
public sealed class RestartTests
{
    private const int ManyRows = 1_500_000;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    [Theory]
    [InlineData("warehouse", true)]
    [InlineData("warehouse", false)]
    [InlineData("lake", true)]
    [InlineData("lake", false)]
    public async Task A_load_that_was_interrupted_ends_loaded_and_once(string target, bool politely)
    {
        await using var up = await RunningUp.StartAsync();
        up.Deliver(target, "big.csv", Many());
        await Deadline.WaitAsync(
            async () => (await up.QueueAsync("SELECT status FROM etl_loader.load_status WHERE status = 'loading'")).Count > 0 ? "" : null,
            () => $"the load never began:\n{up.Said}",
            token: TestContext.Current.CancellationToken);

        await (politely ? up.StopAsync() : up.KillAsync());
        await up.StartAgainAsync();
        await up.LoadedAsync(target, "big.csv", Patience);

        Assert.Equal([[Text(ManyRows), Text(ManyRows)]], await up.TargetAsync(
            target, "SELECT CAST(count(*) AS VARCHAR), CAST(count(DISTINCT id) AS VARCHAR) FROM big"));
        Assert.Equal([["1"]], await up.TargetAsync(target, "SELECT CAST(count(*) AS VARCHAR) FROM etl_loader.receipts WHERE dataset = 'big.csv'"));
        await up.StopAsync();
    }

    [Fact]
    public async Task Nothing_of_thirty_triggers_is_lost_by_a_kill_and_their_order_is_kept()
    {
        const int Triggers = 30;
        await using var up = await RunningUp.StartAsync();
        var server = up.Ready.PostgresProcessId;
        for (var i = 0; i < Triggers; i++)
        {
            if (i == Triggers / 3)
            {
                await up.KillAsync();
            }

            up.Deliver("warehouse", $"nightly-{i:00}.csv", $"id\n{i}\n");
        }

        Assert.True(Signals.IsAlive(server), "The private PostgreSQL died with a kill of up alone.");
        await up.StartAgainAsync();
        for (var i = 0; i < Triggers; i++)
        {
            await up.LoadedAsync("warehouse", $"nightly-{i:00}.csv", Patience);
            Assert.Equal([[Text(i)]], await up.WarehouseAsync($"SELECT id FROM nightly_{i:00}"));
        }

        var loads = await up.QueueAsync("SELECT dataset FROM etl_loader.load ORDER BY sequence");
        Assert.Equal(Triggers, loads.Count);
        var published = await up.WarehouseAsync("SELECT dataset FROM etl_loader.receipts ORDER BY published_at");
        Assert.Equal(loads.Select(l => l[0]), published.Select(l => l[0]));
        await up.StopAsync();
    }

    private static byte[] Many()
    {
        var text = new StringBuilder("id,name,amount\n");
        for (var i = 0; i < ManyRows; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{i},customer number {i % 9973},{i % 1000}.25\n");
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
