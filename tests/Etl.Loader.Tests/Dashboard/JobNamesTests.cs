using Etl.Loader.Dashboard.Pages;
using Etl.Loader.Ledger;
using Etl.Loader.Queue.Jobs;
using Hangfire.Common;
using Microsoft.Extensions.Time.Testing;
using FakeLoads = Etl.Loader.Tests.App.FakeLoads;

namespace Etl.Loader.Tests.Dashboard;

public class JobNamesTests
{
    private readonly FakeLoads _ledger = new();
    private readonly FakeTimeProvider _time = new();
    private readonly JobNames _names;

    public JobNamesTests() => _names = new JobNames(_ledger, _time);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static Job JobOf(LoadId load) => LoadJobs.Describe(load, "loads-warehouse-2");

    [Fact]
    public async Task A_job_is_called_by_its_dataset_and_table()
    {
        var load = _ledger.Add("orders.csv", LoadStatus.Queued);

        await _names.RefreshAsync(Token);

        Assert.Equal("orders.csv → warehouse.orders", _names.Of(JobOf(load)));
    }

    [Fact]
    public async Task A_load_that_is_not_among_the_newest_has_its_name_on_the_next_page()
    {
        await _names.RefreshAsync(Token);
        var load = _ledger.Add("orders.csv", LoadStatus.Queued);
        Assert.Equal($"load {load.Short}", _names.Of(JobOf(load)));

        _time.Advance(TimeSpan.FromSeconds(3));
        await _names.RefreshAsync(Token);

        Assert.Equal("orders.csv → warehouse.orders", _names.Of(JobOf(load)));
    }

    [Fact]
    public async Task Without_the_ledger_and_for_jobs_of_others_there_is_a_name_too()
    {
        _ledger.Fault = new TimeoutException();
        var load = new LoadId(Guid.Empty);

        await _names.RefreshAsync(Token);

        Assert.Equal($"load {load.Short}", _names.Of(JobOf(load)));
        Assert.Equal("", _names.Of(null));
        Assert.Equal("Console.Beep", _names.Of(Job.FromExpression(() => Console.Beep())));
    }
}
