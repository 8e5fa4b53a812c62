using Etl.Loader.IntegrationTests.Support;
using Etl.Loader.Ledger;
using Etl.Loader.Loads;
using Etl.Loader.Queue;
using Etl.Loader.Queue.Lanes;
using Etl.Loader.Queue.Storage;
using Etl.Loader.Targets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Etl.Loader.IntegrationTests.Queue;

/// <summary>The registrations as a host uses them.</summary>
public class HostedLanesTests(PostgresServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_host_makes_its_schema_serves_its_lanes_and_stops_in_order()
    {
        var runner = new ScriptedRunner();
        using var host = Build(await server.CreateDatabaseAsync("host"), runner);
        await host.StartAsync(Token);
        var ready = host.Services.GetRequiredService<DatabaseReadiness>();
        await ready.WaitAsync(Token);
        var load = NewLoad();
        await host.Services.GetRequiredService<IAcceptLoads>().AcceptAsync([load], Token);
        await QueueStage.UntilAsync(
            async () => (await host.Services.GetRequiredService<ILoadLedger>().FindAsync(load.Id, Token))?.Status == LoadStatus.Loaded, () => "the load was not loaded");
        await host.StopAsync(Token);
        Assert.All(await host.Services.GetRequiredService<ILoadQueries>().LanesAsync(Token), lane => Assert.Null(lane.Holder));
    }

    [Fact]
    public async Task A_host_starts_while_the_queue_database_is_away_and_continues_once_it_is_there()
    {
        var settings = new NpgsqlConnectionStringBuilder(await server.CreateDatabaseAsync("host"));
        var name = settings.Database!;
        settings.Database = name + "_later";
        var runner = new ScriptedRunner();
        using var host = Build(settings.ConnectionString, runner);
        await host.StartAsync(Token);
        var ready = host.Services.GetRequiredService<DatabaseReadiness>();
        await QueueStage.UntilAsync(() => Task.FromResult(ready.WaitsFor is not null), () => "it does not say what it waits for");
        Assert.Contains("_later", ready.WaitsFor, StringComparison.Ordinal);
        Assert.False(ready.IsReady);
        Assert.False(await host.Services.GetRequiredService<IAcceptLoads>().IsReachableAsync(Token));

        settings.Database = "postgres";
        await using (var admin = new NpgsqlConnection(settings.ConnectionString))
        {
            await admin.OpenAsync(Token);
            await using var rename = new NpgsqlCommand($"ALTER DATABASE \"{name}\" RENAME TO \"{name}_later\"", admin);
            await rename.ExecuteNonQueryAsync(Token);
        }

        await ready.WaitAsync(Token).WaitAsync(TimeSpan.FromSeconds(30), Token);
        Assert.Null(ready.WaitsFor);
        await host.StopAsync(Token);
    }

    [Fact]
    public async Task A_stop_before_the_queue_database_was_ever_there_is_quick()
    {
        using var host = Build("Host=127.0.0.1;Port=1;Database=q;Timeout=1", new ScriptedRunner());
        await host.StartAsync(Token);
        await host.StopAsync(Token).WaitAsync(TimeSpan.FromSeconds(5), Token);
    }

    private static IHost Build(string connectionString, ScriptedRunner runner)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services
            .Configure<QueueOptions>(o => (o.ConnectionString, o.MigrateAtStart) = (connectionString, true))
            .Configure<LaneOptions>(o => o.Poll = TimeSpan.FromMilliseconds(100))
            .AddQueueClient()
            .AddSingleton<IFileRefresh>(new ScriptedFiles())
            .AddLanes(["warehouse", "lake"])
            .AddSingleton<ILoadRunner>(runner)
            .AddSingleton(new TargetCatalog(new Dictionary<string, ILoadTarget>
            {
                ["warehouse"] = new ScriptedTarget("warehouse"),
                ["lake"] = new ScriptedTarget("lake"),
            }));
        var host = builder.Build();
        runner.Ledger = host.Services.GetRequiredService<ILoadLedger>();
        return host;
    }

    private static NewLoad NewLoad() => new(LoadId.New(TimeProvider.System), new LoadSpec
    {
        Inbox = "in",
        Dataset = "orders.csv",
        Target = "lake",
        TableName = "orders",
        Files = [new DataFile("orders.csv", 1, DateTimeOffset.UnixEpoch)],
    });
}
