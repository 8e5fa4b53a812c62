using Etl.Loader.Queue;
using Etl.Loader.Queue.Jobs;
using Etl.Loader.Queue.Lanes;
using Etl.Loader.Queue.Storage;
using Hangfire.Storage;

namespace Etl.Loader.Tests.Queue;

/// <summary>Jobs wait in the database while versions change: what is stored today must be understood by every later version.</summary>
public class WireFormatTests
{
    private const string Stored =
        """{"Type":"Etl.Loader.Queue.ILoadJob, Etl.Loader","Method":"RunAsync","ParameterTypes":"[\"System.Guid, System.Private.CoreLib\",\"Hangfire.Server.PerformContext, Hangfire.Core\",\"System.Threading.CancellationToken, System.Private.CoreLib\"]","Arguments":"[\"\\\"019a0000-0000-7000-8000-000000000001\\\"\",null,null]","Queue":"loads-warehouse-2"}""";

    private static readonly LoadId Load = new(Guid.Parse("019a0000-0000-7000-8000-000000000001"));

    [Fact]
    public void The_stored_form_of_a_job_does_not_change()
    {
        HangfireConventions.Apply(null);
        var written = InvocationData.SerializeJob(LoadJobs.Describe(Load, "loads-warehouse-2"));
        Assert.Equal("Etl.Loader.Queue.ILoadJob, Etl.Loader", written.Type);
        Assert.Equal("RunAsync", written.Method);
        Assert.Equal("""["System.Guid, mscorlib","Hangfire.Server.PerformContext, Hangfire.Core","System.Threading.CancellationToken, mscorlib"]""", written.ParameterTypes);
        Assert.Equal("""["\"019a0000-0000-7000-8000-000000000001\"",null,null]""", written.Arguments);
        Assert.Equal("loads-warehouse-2", written.Queue);
    }

    [Fact]
    public void A_stored_job_is_understood()
    {
        HangfireConventions.Apply(null);
        var job = InvocationData.DeserializePayload(Stored).DeserializeJob();
        Assert.True(LoadJobs.TryGetLoad(job, out var load));
        Assert.Equal(Load, load);
        Assert.Equal("loads-warehouse-2", job.Queue);
    }

    [Fact]
    public void Queues_of_a_lane_sort_by_rank() =>
        Assert.Equal(["loads-warehouse-0", "loads-warehouse-1", "loads-warehouse-2"], LaneQueues.All("warehouse").Order(StringComparer.Ordinal));
}
