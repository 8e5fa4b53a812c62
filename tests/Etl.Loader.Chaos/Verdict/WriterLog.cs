using System.Globalization;
using Etl.Loader.Chaos.Installation;
using Npgsql;

namespace Etl.Loader.Chaos.Verdict;

/// <summary>
/// A log that the warehouse itself keeps of who writes into it: triggers note, inside the writer's own transaction, each receipt, each schema change
/// and each change of the epoch; and the sessions that hold a writer's locks are looked at many times a second.
/// </summary>
internal sealed class WriterLog(Stand stand, Findings findings)
{
    private const string Install = """
        CREATE SCHEMA IF NOT EXISTS chaos;
        CREATE TABLE IF NOT EXISTS chaos.log (
            id bigint GENERATED ALWAYS AS IDENTITY, kind text NOT NULL, begun timestamptz NOT NULL DEFAULT now(),
            at timestamptz NOT NULL DEFAULT clock_timestamp(), pid int NOT NULL DEFAULT pg_backend_pid(),
            app text NOT NULL DEFAULT current_setting('application_name'), epoch bigint);
        CREATE OR REPLACE FUNCTION chaos.note_row() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO chaos.log (kind, epoch) SELECT TG_TABLE_NAME, max(epoch) FROM etl_loader.lane;
            RETURN NULL;
        END $$;
        CREATE OR REPLACE FUNCTION chaos.note_ddl() RETURNS event_trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF current_setting('application_name') LIKE 'etl-loader lane=%' THEN
                INSERT INTO chaos.log (kind, epoch) SELECT tg_tag, max(epoch) FROM etl_loader.lane;
            END IF;
        END $$;
        CREATE TRIGGER chaos_receipt AFTER INSERT ON etl_loader.receipts FOR EACH STATEMENT EXECUTE FUNCTION chaos.note_row();
        CREATE TRIGGER chaos_lane AFTER UPDATE ON etl_loader.lane FOR EACH STATEMENT EXECUTE FUNCTION chaos.note_row();
        CREATE EVENT TRIGGER chaos_ddl ON ddl_command_end EXECUTE FUNCTION chaos.note_ddl();
        """;

    /// <summary>Sessions of writers that hold a lock which only writing takes; waiting for one is not holding it.</summary>
    private const string Sample = """
        SELECT string_agg(DISTINCT a.application_name, ', ')
          FROM pg_stat_activity AS a
         WHERE a.datname = 'warehouse' AND a.application_name LIKE 'etl-loader lane=%'
           AND EXISTS (SELECT FROM pg_locks AS l WHERE l.pid = a.pid AND l.granted AND l.locktype = 'relation'
                        AND l.mode IN ('RowExclusiveLock', 'ShareUpdateExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock'))
        HAVING count(DISTINCT a.application_name) > 1
        """;

    private const string Transactions = """
        SELECT min(begun), max(at), min(app), min(epoch), max(epoch), pid
          FROM chaos.log
         WHERE app LIKE 'etl-loader lane=%'
         GROUP BY pid, begun
        """;

    private readonly HashSet<Written> _kept = [];
    private long _samples;

    /// <summary>A writing transaction.</summary>
    private sealed record Written(DateTime Begun, DateTime At, string App, long LeastEpoch, long MostEpoch, int Process);

    public long Samples => Interlocked.Read(ref _samples);

    public async Task InstallAsync(CancellationToken token)
    {
        while (await stand.ScalarAsync(Stand.Warehouse, "SELECT to_regclass('etl_loader.receipts')::text", token) is null)
        {
            await Task.Delay(100, token);
        }

        await stand.ExecuteAsync(Stand.Warehouse, Install, token);
    }

    public async Task RunAsync(CancellationToken token)
    {
        while (!token.IsCancellationRequested)
        {
            try
            {
                await using var connection = await stand.OpenAsync(Stand.Warehouse, token);
                while (true)
                {
                    await using var command = new NpgsqlCommand(Sample, connection);
                    if (await command.ExecuteScalarAsync(token) is string both)
                    {
                        findings.Add(Harm.Overlapped, $"writers in the warehouse at once: {both}", TimeProvider.System.GetUtcNow());
                    }

                    Interlocked.Increment(ref _samples);
                    await Task.Delay(50, token);
                }
            }
            catch (Exception away) when (away is NpgsqlException or IOException or TimeoutException)
            {
                await Task.Delay(200, token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>Reads the log, which goes with the database when that is restored from a backup.</summary>
    public async Task KeepAsync(CancellationToken token)
    {
        foreach (var row in await stand.RowsAsync(Stand.Warehouse, Transactions, token))
        {
            _kept.Add(new Written((DateTime)row[0]!, (DateTime)row[1]!, (string)row[2]!, (long)row[3]!, (long)row[4]!, (int)row[5]!));
        }
    }

    /// <summary>Reads the database's log: no committed writer of another epoch than the lane's, no two writing transactions at once.</summary>
    public async Task JudgeAsync(CancellationToken token)
    {
        await KeepAsync(token);
        DateTime? last = null;
        foreach (var (begun, at, app, least, most, _) in _kept.OrderBy(w => w.Begun))
        {
            var mine = long.Parse(app[(app.LastIndexOf('=') + 1)..], CultureInfo.InvariantCulture);
            if (mine != least || mine != most)
            {
                findings.Add(Harm.Overlapped, $"{app} committed while the lane was at epoch {least} to {most}", at);
            }

            if (last > begun)
            {
                findings.Add(Harm.Overlapped, $"{app} began to write at {begun:O}, before the writer before it had ended at {last:O}", begun);
            }

            last = at > last || last is null ? at : last;
        }

        foreach (var row in await stand.RowsAsync(
            "queue",
            """
            SELECT target, started_at, earlier
              FROM (SELECT l.target, a.started_at, max(a.finished_at) OVER (PARTITION BY l.target ORDER BY a.started_at ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS earlier
                      FROM etl_loader.attempts AS a JOIN etl_loader.load AS l USING (load_id)) AS t
             WHERE earlier > started_at
            """,
            token))
        {
            findings.Add(Harm.Overlapped, $"attempt in {row[0]} began at {row[1]:O} and the one before it ended at {row[2]:O}", (DateTime)row[1]!);
        }
    }
}
