using DuckDB.NET.Data;
using Etl.Loader.Chaos.Installation;
using Etl.Loader.Chaos.Verdict;
using Etl.Loader.Chaos.Workload;
using Npgsql;

namespace Etl.Loader.Chaos.Faults;

/// <summary>Everything that can be broken here. Each leaves the installation fixed: whatever it stopped runs again.</summary>
internal sealed class FaultKinds(Stand stand, Producer producer, Operator people, WriterLog writers, CampaignOptions options)
{
    /// <summary>Seconds after which the product takes a silent holder for frozen, by its defaults.</summary>
    private const double LongestSilence = 12;

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    public IReadOnlyList<FaultKind> All()
    {
        List<FaultKind> kinds =
        [
            new("watcher killed (kill -9)", Part.Watchers, (random, _) => KillAsync("watch", random)),
            new("loader killed (kill -9)", Part.Loaders, (random, token) => KillLoadingAsync(Sessions.Copy, random, token)),
            new("loader killed between checkpoints", Part.Loaders, (random, token) => KillLoadingAsync(Sessions.Checkpoint, random, token)),
            new("backend killed (kill -9)", Part.Server, KillBackendAsync),
            new("postmaster killed (kill -9), started again", Part.Server, KillPostmasterAsync),
            new("PostgreSQL stopped, started again", Part.Server, RestartServerAsync),
            new("loader frozen longer than every time-out", Part.Loaders, FreezeLoaderAsync),
            new("watcher frozen longer than every time-out", Part.Watchers, FreezeWatcherAsync),
            new("COPY session terminated", Part.Server, (random, token) => TerminateAsync(Sessions.Copy, big: true, random, token)),
            new("LISTEN session terminated", Part.Server, (random, token) => TerminateAsync(Sessions.Listen, big: false, random, token)),
            new("lock session terminated", Part.Server, (random, token) => TerminateAsync(Sessions.Lock, big: false, random, token)),
            new("connections exhausted", Part.Server, ExhaustAsync),
            new("line to the warehouse stalls", Part.Server, (random, token) => BreakLineAsync(wire => wire.Stall(), random, token)),
            new("line to the warehouse drops", Part.Server, (random, token) => BreakLineAsync(wire => wire.Drop(), random, token)),
            new("line to the warehouse half open", Part.Server, (random, token) => BreakLineAsync(wire => wire.HalfOpen(), random, token)),
            new("rolling restart, old and new at once", Part.Loaders, RollAsync),
            new("loader restarted (SIGTERM)", Part.Loaders, (random, token) => RestartAsync("serve", random, token)),
            new("watcher restarted (SIGTERM)", Part.Watchers, (random, token) => RestartAsync("watch", random, token)),
            new("DuckDB file held by a reader", Part.Loaders, HoldLakeAsync),
            new("warehouse rolls writers back (40001)", Part.Server, new Rollbacks(stand).InjectAsync),
            .. new Restores(stand, people, writers).All(),
        ];
        if (stand.Disk is { } disk)
        {
            kinds.Add(new("warehouse disk full (ENOSPC)", Part.Server, (random, token) => FillDiskAsync(disk, random, token)));
        }

        return kinds;
    }

    private async Task<DateTimeOffset?> KillAsync(string role, Random random)
    {
        var victims = stand.Of(role);
        var victim = victims[random.Next(victims.Count)];
        victim.Kill();
        var at = Now;
        await victim.EndsAsync(TimeSpan.FromSeconds(10), CancellationToken.None);
        stand.Fix(role);
        return at;
    }

    private async Task<DateTimeOffset?> KillLoadingAsync(string when, Random random, CancellationToken token)
    {
        if (await InTheMiddleAsync(when, random, token) is null || await stand.HolderAsync(Stand.Warehouse, token) is not { } victim)
        {
            return null;
        }

        victim.Kill();
        var at = Now;
        await victim.EndsAsync(TimeSpan.FromSeconds(10), token);
        await Task.Delay(random.Next(0, 1500), token);
        stand.Fix(victim.Name);
        return at;
    }

    private async Task<DateTimeOffset?> KillBackendAsync(Random random, CancellationToken token)
    {
        if (await Sessions.FindAsync(stand, Sessions.Any, random, token) is not { } session)
        {
            return null;
        }

        Signals.Send(session, Signals.Kill);
        return Now;
    }

    private async Task<DateTimeOffset?> KillPostmasterAsync(Random random, CancellationToken token)
    {
        await InTheMiddleAsync(Sessions.Copy, random, token);
        Signals.Send(stand.PostmasterId, Signals.Kill);
        await stand.WaitUntilServerIsGoneAsync(token);
        await OutlastAsync(random, token);
        await stand.StartServerAsync(token);
        return Now;
    }

    private async Task<DateTimeOffset?> RestartServerAsync(Random random, CancellationToken token)
    {
        await stand.StopServerAsync(token);
        await OutlastAsync(random, token);
        await stand.StartServerAsync(token);
        return Now;
    }

    private async Task<DateTimeOffset?> FreezeLoaderAsync(Random random, CancellationToken token) =>
        await InTheMiddleAsync(Sessions.Copy, random, token) is null || await stand.HolderAsync(Stand.Warehouse, token) is not { } victim
            ? null
            : await FreezeAsync(victim, token);

    private async Task<DateTimeOffset?> FreezeWatcherAsync(Random random, CancellationToken token)
    {
        var victims = stand.Of("watch");
        return await FreezeAsync(victims[random.Next(victims.Count)], token);
    }

    private async Task<DateTimeOffset?> FreezeAsync(Child victim, CancellationToken token)
    {
        Signals.Send(victim.ProcessId, Signals.Stop);
        var at = Now;
        try
        {
            await Task.Delay(options.Shortened(LongestSilence * 2) + TimeSpan.FromSeconds(1), token);
        }
        finally
        {
            Signals.Send(victim.ProcessId, Signals.Continue);
        }

        return at;
    }

    private async Task<DateTimeOffset?> TerminateAsync(string which, bool big, Random random, CancellationToken token)
    {
        if (big)
        {
            await producer.DeliverBigAsync(Stand.Warehouse, chunked: false, token);
        }

        if (await Sessions.FindAsync(stand, which, random, token) is not { } session)
        {
            return null;
        }

        await Sessions.TerminateAsync(stand, session, token);
        return Now;
    }

    private async Task<DateTimeOffset?> ExhaustAsync(Random random, CancellationToken token)
    {
        var taken = new List<NpgsqlConnection>();
        var until = TimeProvider.System.GetTimestamp();
        var length = Length(random);
        try
        {
            // What the product gives back meanwhile is taken too.
            while (TimeProvider.System.GetElapsedTime(until) < length)
            {
                try
                {
                    taken.Add(await stand.OpenAsync("postgres", token));
                }
                catch (PostgresException full) when (full.SqlState is PostgresErrorCodes.TooManyConnections or PostgresErrorCodes.CannotConnectNow)
                {
                    await Task.Delay(50, token);
                }
            }
        }
        finally
        {
            foreach (var connection in taken)
            {
                await connection.DisposeAsync();
            }
        }

        return Now;
    }

    private async Task<DateTimeOffset?> BreakLineAsync(Action<Wire> break_, Random random, CancellationToken token)
    {
        await InTheMiddleAsync(Sessions.Copy, random, token);
        break_(stand.Wire);
        try
        {
            await OutlastAsync(random, token);
        }
        finally
        {
            stand.Wire.GoOn();
        }

        return Now;
    }

    private async Task<DateTimeOffset?> RollAsync(Random random, CancellationToken token)
    {
        var old = stand.Of("serve");
        stand.StartLoader();
        await Task.Delay(random.Next(300, 1500), token);
        var victim = await stand.HolderAsync(Stand.Warehouse, token) ?? old[0];
        return await EndAsync(victim, token);
    }

    private Task<DateTimeOffset?> RestartAsync(string role, Random random, CancellationToken token)
    {
        var victims = stand.Of(role);
        return EndAsync(victims[random.Next(victims.Count)], token);
    }

    private async Task<DateTimeOffset?> EndAsync(Child victim, CancellationToken token)
    {
        await victim.SpeaksAsync(TimeSpan.FromSeconds(20), token);
        victim.Terminate();
        var at = Now;
        if (!await victim.EndsAsync(options.Shortened(25) + TimeSpan.FromSeconds(20), token))
        {
            stand.DiedAlone.Add($"{victim.Name} (process {victim.ProcessId}) did not end after SIGTERM");
            victim.Kill();
        }
        else if (victim.ExitCode != 0)
        {
            stand.DiedAlone.Add($"{victim.Name} (process {victim.ProcessId}) ended after SIGTERM with exit code {victim.ExitCode}");
        }

        stand.Fix(victim.Name);
        return at;
    }

    private async Task<DateTimeOffset?> HoldLakeAsync(Random random, CancellationToken token)
    {
        await stand.LakeTurn.WaitAsync(token);
        try
        {
            for (var tries = 0; tries < 200; tries++)
            {
                try
                {
                    await using var connection = new DuckDBConnection($"DataSource={stand.LakeFile};ACCESS_MODE=READ_ONLY");
                    connection.Open();
                    await OutlastAsync(random, token);
                    return Now;
                }
                catch (DuckDBException)
                {
                    await Task.Delay(25, token);
                }
            }

            return null;
        }
        finally
        {
            stand.LakeTurn.Release();
        }
    }

    private async Task<DateTimeOffset?> FillDiskAsync(SmallDisk disk, Random random, CancellationToken token)
    {
        await InTheMiddleAsync(Sessions.Copy, random, token);
        try
        {
            disk.Fill();
            await OutlastAsync(random, token);
        }
        finally
        {
            disk.Free();
        }

        return Now;
    }

    /// <summary>Waits until a large load has come so far in the warehouse, and a little longer.</summary>
    private async Task<int?> InTheMiddleAsync(string when, Random random, CancellationToken token)
    {
        await producer.DeliverBigAsync(Stand.Warehouse, chunked: when == Sessions.Checkpoint, token);
        var session = await Sessions.FindAsync(stand, when, random, token);
        await Task.Delay(random.Next(0, 150), token);
        return session;
    }

    private static Task OutlastAsync(Random random, CancellationToken token) => Task.Delay(Length(random), token);

    /// <summary>Of an outage: mostly short, now and then longer than the pauses between two tries.</summary>
    private static TimeSpan Length(Random random) => TimeSpan.FromMilliseconds(random.Next(6) == 0 ? random.Next(3000, 6000) : random.Next(300, 1500));
}
