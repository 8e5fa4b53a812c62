using Etl.Loader.Queue.Jobs;
using Hangfire.Dashboard;

namespace Etl.Loader.Dashboard.Pages;

/// <summary>On Hangfire's page of a job: the way to its load, and where a refused Requeue says why.</summary>
internal static class JobBlock
{
    public static NonEscapedString Render(JobDetailsRendererDto job)
    {
        if (!LoadJobs.TryGetLoad(job.JobDetails?.Job, out var load))
        {
            return new NonEscapedString("");
        }

        var refusal = job.JobDetails!.History.OrderByDescending(h => h.CreatedAt).FirstOrDefault()?.Reason is { } reason && reason.StartsWith(LoadStateFilter.Refused, StringComparison.Ordinal)
            ? Markup.Of($"<div class=\"alert alert-warning\" role=\"alert\">{reason}</div>")
            : Markup.Empty;
        return new NonEscapedString(Markup.Of($"""
            <div class="etl-page etl-job">{refusal}<p>This job runs load <a href="{job.Page.Url.To("/loads/" + load)}"><code title="{load}">{load.Short}</code></a>: its progress, errors and receipt are there.</p></div>
            """).ToString());
    }
}
