using System.Collections.Concurrent;
using Etl.Loader.App.Composition;
using Etl.Loader.Queue.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Systemd;
using Microsoft.Extensions.Time.Testing;

namespace Etl.Loader.Tests.App;

public sealed class ServiceManagerTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly RecordingNotifier _notifier = new();
    private readonly DatabaseReadiness _readiness = new();
    private readonly Liveness _liveness;
    private readonly ServiceManager _manager;

    public ServiceManagerTests()
    {
        _liveness = new Liveness(_time);
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new(ServiceManager.WatchdogVariable, "2000000")]).Build();
        _manager = new ServiceManager(_notifier, _liveness, _readiness, configuration, new Lifetime(), _time);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _manager.Dispose();

    [Fact]
    public async Task The_watchdog_hears_nothing_more_once_a_loop_hangs_and_learns_which()
    {
        var lane = _liveness.Begin("lane", "warehouse", TimeSpan.FromDays(1));
        _readiness.Open();
        await _manager.StartAsync(Token);
        await UntilAsync(() => _notifier.Count("WATCHDOG=1") >= 3);
        Assert.Contains("STATUS=running", _notifier.Reported);

        // It does not turn: the signs of life end with its patience, and begin again with its next turn.
        _time.Advance(TimeSpan.FromDays(2));
        await UntilAsync(() => _notifier.Reported.Any(s => s.Contains("lane warehouse", StringComparison.Ordinal)));
        var heard = _notifier.Count("WATCHDOG=1");
        for (var i = 0; i < 20; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.Equal(heard, _notifier.Count("WATCHDOG=1"));
        lane.Turn();
        await UntilAsync(() => _notifier.Count("WATCHDOG=1") > heard);
        await _manager.StopAsync(Token);
    }

    [Fact]
    public async Task A_process_that_waits_for_the_queue_database_lives_and_says_so()
    {
        _readiness.ReportWait("queue database db:5432/etl_loader: connection refused");
        await _manager.StartAsync(Token);
        await UntilAsync(() => _notifier.Count("WATCHDOG=1") >= 2);
        Assert.Contains("STATUS=waits: queue database db:5432/etl_loader: connection refused", _notifier.Reported);
        await _manager.StopAsync(Token);
    }

    private async Task UntilAsync(Func<bool> condition)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(30), "told: " + string.Join(", ", _notifier.Reported));
            _time.Advance(TimeSpan.FromMilliseconds(250));
            await Task.Yield();
        }
    }

    private sealed class RecordingNotifier : ISystemdNotifier
    {
        private readonly ConcurrentQueue<string> _reported = new();

        public bool IsEnabled => true;

        public IReadOnlyCollection<string> Reported => _reported;

        public int Count(string state) => _reported.Count(s => s == state);

        public void Notify(ServiceState state) => _reported.Enqueue(state.ToString());
    }

    private sealed class Lifetime : IHostApplicationLifetime
    {
        public CancellationToken ApplicationStarted => CancellationToken.None;

        public CancellationToken ApplicationStopping => CancellationToken.None;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void StopApplication()
        {
        }
    }
}
