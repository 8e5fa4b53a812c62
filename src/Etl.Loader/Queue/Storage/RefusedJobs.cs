using Etl.Loader.Ledger;
using Etl.Loader.Telemetry;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Etl.Loader.Queue.Storage;

/// <summary>
/// Jobs that are not a load's: anyone who may write into Hangfire's tables can write them, no one runs them. They are removed, kept as they were written in
/// <c>etl_loader.refused_jobs</c>, logged and counted.
/// </summary>
internal sealed class RefusedJobs(QueueDatabase database, ILogger<RefusedJobs> logger)
{
    private static readonly SqlText Sql = SqlText.Load("Queue/Sql/refused.sql");

    /// <summary>Null until this process has looked at every job once.</summary>
    private bool _lookedAtAll;

    /// <summary>One that a worker fetched, on the worker's own session.</summary>
    public void SetAside(NpgsqlConnection connection, long job, string reason)
    {
        using var command = Command(connection, job, reason);
        using var row = command.ExecuteReader();
        while (row.Read())
        {
            Report(job, row);
        }
    }

    /// <summary>Those that no worker meets: the guard of the tables noted them, or they are older than it. Returns how many.</summary>
    public async Task<int> SettleAsync(CancellationToken token)
    {
        await using var connection = await database.OpenAsync(token);
        var found = await FindAsync(connection, "to_settle", token);
        if (!_lookedAtAll)
        {
            found.AddRange(await FindAsync(connection, "foreign", token));
        }

        var settled = 0;
        foreach (var job in found.Distinct())
        {
            await using var command = Command(connection, job, "it was found outside the queues");
            await using var row = await command.ExecuteReaderAsync(token);
            while (await row.ReadAsync(token))
            {
                settled++;
                Report(job, row);
            }
        }

        _lookedAtAll |= found.Count == 0;
        return settled;
    }

    private static async Task<List<long>> FindAsync(NpgsqlConnection connection, string statement, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(Sql[statement], connection);
        await using var row = await command.ExecuteReaderAsync(token);
        var found = new List<long>();
        while (await row.ReadAsync(token))
        {
            found.Add(row.GetInt64(0));
        }

        return found;
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, long job, string reason) =>
        new NpgsqlCommand(Sql["set_aside"], connection).With("job", job).WithText("reason", reason);

    private void Report(long job, NpgsqlDataReader row)
    {
        LoaderMeter.JobRefused();
        Log.JobRefused(logger, job, row.IsDBNull(1) ? "none" : row.GetString(1), row.GetString(2), row.GetString(0));
    }
}
