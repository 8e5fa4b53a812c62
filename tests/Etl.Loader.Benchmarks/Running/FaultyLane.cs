using System.Globalization;
using Etl.Loader.App.Composition;
using Etl.Loader.Chaos.Faults;
using Etl.Loader.Chaos.Installation;
using Etl.Loader.Chaos.Workload;
using Etl.Loader.IntegrationTests.EndToEnd;
using Etl.Loader.IntegrationTests.Telemetry;
using Npgsql;
using Signals = Etl.Loader.Chaos.Installation.Signals;

namespace Etl.Loader.Benchmarks.Running;

/// <summary>The warehouse's lane of an installation, broken in the middle of a load with another one waiting; seconds until loading continues.</summary>
internal sealed class FaultyLane(Stand stand)
{
    private const int Rows = 200_000;
    private const int Width = 192;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly Random _random = new(1);
    private int _number;

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    public async Task<double> KillHolderAsync(CancellationToken token)
    {
        var from = await KillAsync(processes: 2, token);
        var seconds = await UntilNextAttemptAsync(from, token);
        stand.Fix();
        return seconds;
    }

    public async Task<double> FreezeHolderAsync(CancellationToken token)
    {
        var holder = await LoadingAsync(processes: 2, token);
        Signals.Send(holder.ProcessId, Signals.Stop);
        try
        {
            return await UntilNextAttemptAsync(Now, token);
        }
        finally
        {
            Signals.Send(holder.ProcessId, Signals.Continue);
        }
    }

    public async Task<double> BreakLineAsync(Action<Wire> fault, CancellationToken token)
    {
        await LoadingAsync(processes: 2, token);
        fault(stand.Wire);
        try
        {
            return await UntilRowsFlowAsync(Now, token);
        }
        finally
        {
            stand.Wire.GoOn();
        }
    }

    public async Task<double> StopServerAsync(TimeSpan length, CancellationToken token)
    {
        await LoadingAsync(processes: 2, token);
        await stand.StopServerAsync(token);
        await Task.Delay(length, token);
        await stand.StartServerAsync(token);
        return await UntilRowsFlowAsync(Now, token);
    }

    /// <summary>Loaders die between the publish and the ledger's learning of it. Milliseconds of the attempt that finds the receipt.</summary>
    public async Task<double> FindReceiptAsync(CancellationToken token)
    {
        await CalmAsync(processes: 2, token);
        stand.CrashPoint = CrashPoint.Name("Ledger/Sql/attempt.sql", "finish_attempt");
        await RestartLoadersAsync(token);
        var delivery = await WriteAsync(token);
        delivery.Trigger(stand.Inbox(Stand.Warehouse));
        var file = delivery.File;
        await AwaitNumberAsync(Stand.Warehouse, $"SELECT 1 FROM etl_loader.receipts WHERE dataset = '{file}'", token);
        stand.CrashPoint = null;
        await RestartLoadersAsync(token);
        return await AwaitNumberAsync(
            "queue",
            $"""
            SELECT 1000 * extract(epoch FROM finished_at - started_at) FROM etl_loader.attempts
             WHERE load_id = (SELECT load_id FROM etl_loader.load WHERE dataset = '{file}' AND status = 'loaded') AND outcome = 'loaded'
            """,
            token);
    }

    /// <summary>No one stands by. The new process is ready when it says so by HTTP.</summary>
    public async Task<double> RestartAloneAsync(CancellationToken token)
    {
        foreach (var spare in stand.Of("serve").Skip(1))
        {
            spare.Terminate();
            await spare.EndsAsync(Patience, token);
        }

        await KillAsync(processes: 1, token);
        var port = FreePort.Find();
        stand.StartLoader(string.Create(CultureInfo.InvariantCulture, $"Loader:Http:Port={port}"));
        using var client = new HttpClient();
        await Deadline.WaitAsync(
            async () =>
            {
                try
                {
                    return (await client.GetAsync(new Uri($"http://127.0.0.1:{port}{HealthAnswers.Ready}"), token)).IsSuccessStatusCode ? "ready" : null;
                }
                catch (HttpRequestException)
                {
                    return null;
                }
            },
            () => "the loader that was started again did not become ready",
            Patience,
            token);
        return await UntilNextAttemptAsync(Now, token);
    }

    private async Task<DateTimeOffset> KillAsync(int processes, CancellationToken token)
    {
        var holder = await LoadingAsync(processes, token);
        var from = Now;
        holder.Kill();
        await holder.EndsAsync(Patience, token);
        return from;
    }

    private async Task RestartLoadersAsync(CancellationToken token)
    {
        foreach (var loader in stand.Of("serve"))
        {
            loader.Kill();
            await loader.EndsAsync(Patience, token);
        }

        stand.Fix();
    }

    /// <summary>Waits for a load's rows to be on their way, with another load behind it. The lane's holder.</summary>
    private async Task<Child> LoadingAsync(int processes, CancellationToken token)
    {
        await CalmAsync(processes, token);
        Delivery[] both = [await WriteAsync(token), await WriteAsync(token)];
        foreach (var delivery in both)
        {
            delivery.Trigger(stand.Inbox(Stand.Warehouse));
        }

        _ = await Sessions.FindAsync(stand, Sessions.Copy, _random, token) ?? throw new InvalidOperationException($"{both[0].File} did not come so far that it copied rows.");
        return await stand.HolderAsync(Stand.Warehouse, token) ?? throw new InvalidOperationException("The lane has no holder that runs here.");
    }

    /// <summary>Waits until nothing is left to do and every process has come to the lane.</summary>
    private async Task CalmAsync(int processes, CancellationToken token) => await AwaitNumberAsync(
        "queue",
        string.Create(
            CultureInfo.InvariantCulture,
            $"""
            SELECT 1 WHERE NOT EXISTS (SELECT FROM etl_loader.load WHERE finished_at IS NULL)
               AND (SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'etl-loader lane warehouse %') = {processes}
            """),
        token);

    private async Task<Delivery> WriteAsync(CancellationToken token)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"recovery_{++_number}");
        var delivery = new Delivery(1, _number, Stand.Warehouse, name + ".csv", name, Story.Renewed, false, Rows, Width, false);
        await delivery.WriteAsync(stand.Inbox(Stand.Warehouse), token);
        return delivery;
    }

    private async Task<double> UntilNextAttemptAsync(DateTimeOffset from, CancellationToken token) =>
        await AwaitNumberAsync(
            "queue",
            $"""
            SELECT extract(epoch FROM min(a.started_at)) FROM etl_loader.attempts AS a JOIN etl_loader.load AS l USING (load_id)
             WHERE l.target = '{Stand.Warehouse}' AND a.started_at > '{from:O}'
            """,
            token)
        - ((from - DateTimeOffset.UnixEpoch).TotalMilliseconds / 1000);

    /// <summary>An attempt that meets an outage waits and continues on its own: it resumes where a new session copies rows.</summary>
    private async Task<double> UntilRowsFlowAsync(DateTimeOffset from, CancellationToken token)
    {
        await AwaitNumberAsync("postgres", $"SELECT 1 FROM pg_stat_activity WHERE {Sessions.Copy} AND backend_start > '{from:O}' LIMIT 1", token);
        return (Now - from).TotalSeconds;
    }

    /// <summary>Asks until there is an answer; while the database is away, and before the first process has made its tables, there is none.</summary>
    private async Task<double> AwaitNumberAsync(string database, string sql, CancellationToken token)
    {
        await using var session = new KeptSession(stand, database);
        return (double)await Deadline.WaitAsync(
            async () =>
            {
                try
                {
                    return await session.RowsAsync(sql, token) is [[{ } number]] ? (object)Convert.ToDouble(number, CultureInfo.InvariantCulture) : null;
                }
                catch (Exception away) when (IsAway(away))
                {
                    return null;
                }
            },
            () => $"no answer came to: {sql}",
            Patience,
            token);
    }

    private static bool IsAway(Exception fault) => fault is PostgresException answer
        ? answer.SqlState == PostgresErrorCodes.UndefinedTable || !answer.SqlState.StartsWith("42", StringComparison.Ordinal)
        : fault is NpgsqlException or TimeoutException;
}
