using Etl.Loader.Targets.DuckDb;
using Microsoft.Extensions.Time.Testing;
using DuckDbSessions = Etl.Loader.Targets.DuckDb.Sessions;
using DuckDbSettings = Etl.Loader.Targets.DuckDb.Settings;

namespace Etl.Loader.Tests.Targets.DuckDb;

public sealed class DuckDbSessionsTests : IDisposable
{
    private static readonly DuckDbSettings Settings = new() { MemoryLimit = "256MB", Threads = 1, ReaderWindow = TimeSpan.FromSeconds(2) };
    private readonly string _directory = Directory.CreateTempSubdirectory("etl-loader-gate-").FullName;
    private readonly FakeTimeProvider _time = new();
    private readonly DuckDbSessions _sessions;

    public DuckDbSessionsTests() => _sessions = new DuckDbSessions(
        "lake", Path.Combine(_directory, "lake.duckdb"), Settings, _time);

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Loads_that_come_one_at_a_time_never_wait()
    {
        for (var i = 0; i < 5; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(3));
            await WorkAsync(TimeSpan.FromSeconds(1));
            _sessions.Published();
            Assert.True(Ask().IsCompletedSuccessfully || await Soon(Ask()));
        }
    }

    [Fact]
    public async Task After_long_business_readers_get_their_window()
    {
        await WorkAsync(TimeSpan.FromSeconds(10));
        _sessions.Published();
        var next = Ask();
        await WorkQueuedAsync();
        Assert.False(next.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.True(await Soon(next));
        Assert.True(await Soon(Ask()));
    }

    [Fact]
    public async Task Who_looks_at_the_file_by_another_way_of_the_process_does_not_make_it_read_only_for_the_writer()
    {
        await _sessions.MakeAsync(session => session.Execute("CREATE TABLE orders AS SELECT 1 AS id"), TestContext.Current.CancellationToken);
        var other = new DuckDbSessions("lake", Path.Combine(_directory, "lake.duckdb"), Settings, TimeProvider.System);
        var looks = new TaskCompletionSource();
        using var seen = new ManualResetEventSlim();
        var look = other.LookAsync(
            session =>
            {
                looks.SetResult();
                seen.Wait(session.Token);
                return session.Scalar<int>("SELECT id FROM orders");
            },
            0,
            TestContext.Current.CancellationToken);
        await looks.Task;

        var write = _sessions.UseAsync(session => session.Execute("DELETE FROM orders"), TestContext.Current.CancellationToken);
        await WorkQueuedAsync();
        Assert.False(write.IsCompleted);
        seen.Set();
        Assert.Equal(1, await look);
        Assert.Equal(1, await write);
    }

    private Task<int> Ask() => _sessions.MakeAsync(session => session.Scalar<int>("SELECT 1"), TestContext.Current.CancellationToken);

    private Task<int> WorkAsync(TimeSpan span) => _sessions.MakeAsync(
        session =>
        {
            _time.Advance(span);
            return 0;
        },
        TestContext.Current.CancellationToken);

    /// <summary>Lets continuations run that need no clock: another gate's whole turn.</summary>
    private async Task WorkQueuedAsync()
    {
        var other = new DuckDbSessions("other", Path.Combine(_directory, "other.duckdb"), Settings, TimeProvider.System);
        await other.MakeAsync(session => session.Scalar<int>("SELECT 1"), TestContext.Current.CancellationToken);
    }

    private static async Task<bool> Soon(Task task) => await Task.WhenAny(task, Task.Delay(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken)) == task;
}
