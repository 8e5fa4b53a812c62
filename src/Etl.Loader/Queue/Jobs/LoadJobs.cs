using Hangfire;
using Hangfire.Common;

namespace Etl.Loader.Queue.Jobs;

/// <summary>Makes the job of a load. Only with the queue's name stored in the job itself do retries stay in their lane.</summary>
internal static class LoadJobs
{
    /// <summary>Hangfire's reason for a state change by a person at its dashboard.</summary>
    public const string ByDashboard = "Triggered via Dashboard UI";

    public static Job Describe(LoadId load, string queue)
    {
        var id = load.Value;
        return Job.FromExpression<ILoadJob>(job => job.RunAsync(id, null, CancellationToken.None), queue);
    }

    public static string EnqueueLoad(this IBackgroundJobClient client, LoadId load, string queue)
    {
        var id = load.Value;
        return client.Enqueue<ILoadJob>(queue, job => job.RunAsync(id, null, CancellationToken.None));
    }

    /// <summary>False for jobs that are not ours, or whose class could not be found.</summary>
    public static bool TryGetLoad(Job? job, out LoadId load)
    {
        load = default;
        if (job?.Type != typeof(ILoadJob) || job.Args is not [Guid id, ..])
        {
            return false;
        }

        load = new LoadId(id);
        return true;
    }
}
