using Etl.Loader.Dashboard.Masking;
using Etl.Loader.Ledger;
using Hangfire.Dashboard;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Etl.Loader.Dashboard.Pages;

/// <summary>
/// The number of failed loads in the navigation, from the ledger. Hangfire's own numbers, beside "Jobs" and in that page's sidebar, count failed jobs: a refused
/// trigger has none, and others are forgotten or taken up again, so that two numbers would be there for one thing. Its list of failed jobs stays, without a number.
/// </summary>
internal static class FailedBadge
{
    public const string Name = "loads:failed";

    private static readonly DashboardMetric Failed = new(Name, "Failed loads", page => Of(page.Context.GetHttpContext().RequestServices.GetRequiredService<FailedCount>().Value));

    /// <summary>Those lists are the process's: changed once.</summary>
    public static void Add()
    {
        DashboardMetrics.AddMetric(Failed);
        Rebuild(NavigationMenu.Items, (item, page) => HangfirePages.IsOffered(item.Url, page) ? WithoutFailedJobs(item) : null);
        Rebuild(JobsSidebarMenu.Items, (item, _) => WithoutFailedJobs(item));
    }

    public static MenuItem On(MenuItem loads)
    {
        loads.Metric = Failed;
        return loads;
    }

    private static void Rebuild(List<Func<RazorPage, MenuItem?>> items, Func<MenuItem, RazorPage, MenuItem?> with)
    {
        for (var i = 0; i < items.Count; i++)
        {
            var build = items[i];
            items[i] = page => build(page) is { } item ? with(item, page) : null;
        }
    }

    private static MenuItem WithoutFailedJobs(MenuItem item)
    {
        if (item.Metric == DashboardMetrics.FailedCount)
        {
            item.Metric = null;
        }

        if (item.Metrics?.Contains(DashboardMetrics.FailedCountOrNull) == true)
        {
            item.Metrics = [.. item.Metrics.Where(metric => metric != DashboardMetrics.FailedCountOrNull)];
        }

        return item;
    }

    private static Metric? Of(long failed) => failed == 0
        ? null
        : new Metric(Format.Count(failed) + (failed >= LoadReadings.MostCounted ? "+" : ""))
        {
            Style = MetricStyle.Danger,
            Highlighted = true,
            Title = Amounts.Counted(failed, "failed load"),
        };
}

/// <summary>The number of failed loads as last read; the navigation is drawn synchronously and may not wait.</summary>
internal sealed class FailedCount(LoadReadings readings, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private long _value;

    public long Value => Interlocked.Read(ref _value);

    /// <summary>Never throws: without the ledger the last number stands.</summary>
    public async Task RefreshAsync(CancellationToken token)
    {
        using var limit = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(token, limit.Token);
        try
        {
            Interlocked.Exchange(ref _value, (await readings.CountsAsync(either.Token)).Counts.GetValueOrDefault(LoadStatus.Failed));
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            // The page itself says that the queue database is away.
        }
    }
}
