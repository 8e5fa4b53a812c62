using Etl.Loader.Ledger;
using Etl.Loader.Queue;
using Etl.Loader.Queue.Jobs;
using Etl.Loader.Queue.Lanes;
using Etl.Loader.Queue.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Etl.Loader.Tests.Queue;

/// <summary>What of Hangfire's inside is relied upon, and which of its options must hold.</summary>
public class HangfireStorageTests
{
    [Fact]
    public async Task The_part_that_renews_a_fetched_job_is_found()
    {
        await using var services = Services();
        Assert.NotNull(HangfireKeepAlive.Find(services.GetRequiredService<HangfireStorage>().Workers));
    }

    [Fact]
    public void A_running_job_is_not_given_away_while_it_lives_nor_while_its_lane_shuts_down()
    {
        var options = HangfireStorage.Options();
        Assert.True(options.UseSlidingInvisibilityTimeout);
        Assert.True(options.InvisibilityTimeout > new LaneOptions().Shutdown * 2);
        Assert.True(options.EnableLongPolling);
        Assert.True(options.EnableTransactionScopeEnlistment);
        Assert.False(options.PrepareSchemaIfNecessary);
        Assert.True(options.QueuePollInterval <= TimeSpan.FromSeconds(3));
    }

    [Fact]
    public void Silence_is_several_heartbeats_long()
    {
        var options = new LaneOptions();
        Assert.True(options.HolderSilence >= options.Heartbeat * 4);
        Assert.True(options.Shutdown < TimeSpan.FromSeconds(30), "the host waits 30 s by default");
    }

    [Fact]
    public void The_newest_schema_of_the_package_is_known()
    {
        Assert.Equal(23, HangfireSchema.Newest);
        Assert.Contains("-- Hangfire schema version 23", HangfireSchema.Script(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_our_filter_decides_state_changes()
    {
        await using var services = Services();
        var filters = services.GetRequiredService<Hangfire.Common.IJobFilterProvider>().GetFilters(LoadJobs.Describe(LoadId.New(TimeProvider.System), "loads-x-2"));
        Assert.IsType<LoadStateFilter>(Assert.Single(filters).Instance);
        Assert.IsType<LoadsOnlyStorage>(services.GetRequiredService<Hangfire.JobStorage>());
    }

    [Fact]
    public async Task A_name_in_a_row_is_looked_up_only_if_it_is_part_of_a_loads_job()
    {
        await using var services = Services();
        _ = services.GetRequiredService<HangfireStorage>();
        foreach (var type in new[] { typeof(ILoadJob), typeof(Guid), typeof(CancellationToken), typeof(Hangfire.Server.PerformContext) })
        {
            Assert.Same(type, Hangfire.Common.TypeHelper.CurrentTypeResolver(Hangfire.Common.TypeHelper.CurrentTypeSerializer(type)));
        }

        foreach (var name in new[] { "System.String, mscorlib", "System.Diagnostics.Process, System.Diagnostics.Process", "Etl.Loader.Queue.Jobs.LoadJob, Etl.Loader", "", new string('x', 100_000) })
        {
            Assert.Throws<InvalidOperationException>(() => Hangfire.Common.TypeHelper.CurrentTypeResolver(name));
        }

        var job = Hangfire.Storage.InvocationData.SerializeJob(LoadJobs.Describe(LoadId.New(TimeProvider.System), "loads-x-2")).DeserializeJob();
        Assert.Equal(typeof(ILoadJob), job.Type);
    }

    private static ServiceProvider Services() => new ServiceCollection()
        .AddLogging()
        .Configure<QueueOptions>(o => o.ConnectionString = "Host=nowhere.invalid;Database=q")
        .AddQueueClient()
        .AddSingleton<IFileRefresh>(new SameFiles())
        .BuildServiceProvider();

    private sealed class SameFiles : IFileRefresh
    {
        public LoadSpec Refresh(LoadSpec spec) => spec;
    }
}
