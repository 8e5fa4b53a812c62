using Npgsql;

namespace Etl.Loader.Benchmarks.Data;

/// <summary>
/// A ledger as it is after years: loads over a year in a hundred tables, nine tenths of them loaded, one in ten failed for one of eight reasons, one in a
/// hundred waiting, one running. They belong to a target that no one serves, so that no lane works on them.
/// </summary>
internal static class FilledLedger
{
    public const string Target = "archive";

    public static async Task FillAsync(string connectionString, long loads, CancellationToken token)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(token);
        foreach (var statement in (string[])[Loads, Attempts, Lane, "VACUUM (ANALYZE) etl_loader.load", "VACUUM (ANALYZE) etl_loader.attempts"])
        {
#pragma warning disable CA2100 // Constant text of a measurement.
            await using var command = new NpgsqlCommand(statement, connection) { CommandTimeout = 0 };
#pragma warning restore CA2100
            if (statement == Loads)
            {
                command.Parameters.Add(new NpgsqlParameter { Value = loads });
            }

            await command.ExecuteNonQueryAsync(token);
        }
    }

    private const string Loads =
        """
        WITH n AS (
            SELECT n, CASE WHEN n = $1 THEN 'loading' WHEN n > $1 * 0.99 THEN 'queued' WHEN n % 10 = 0 THEN 'failed' ELSE 'loaded' END AS status,
                   'daily/orders_' || n % 100 || '-' || n || '.csv' AS dataset,
                   now() - interval '1 year' + (n::double precision / $1) * interval '364 days' AS at,
                   1000000 + n * 7919 % 90000000 AS bytes
              FROM generate_series(1, $1) AS n
        )
        INSERT INTO etl_loader.load (load_id, inbox, dataset, target, table_schema, table_name, mode, priority, status, stage, spec, attempt, accepted_at,
                                     started_at, finished_at, bytes_done, bytes_total, rows_loaded, rows_rejected, error, fault, cause, receipt, progress_at, moved_at)
        SELECT gen_random_uuid(), 'archive', dataset, 'archive', 'sales', 'orders_' || n % 100, 'replace', 'normal', status,
               CASE status WHEN 'loaded' THEN 'published' WHEN 'queued' THEN 'accepted' ELSE 'staging' END,
               json_build_object('inbox', 'archive', 'dataset', dataset, 'target', 'archive', 'tableSchema', 'sales', 'tableName', 'orders_' || n % 100,
                                 'files', json_build_array(json_build_object('path', dataset, 'bytes', bytes, 'modifiedAt', at))),
               CASE status WHEN 'queued' THEN 0 ELSE 1 END, at,
               CASE WHEN status <> 'queued' THEN at + interval '1 second' END,
               CASE WHEN status IN ('loaded', 'failed') THEN at + interval '1 second' + bytes / 5e7 * interval '1 second' END,
               CASE status WHEN 'queued' THEN 0 ELSE bytes / 2 END, bytes,
               CASE status WHEN 'loaded' THEN bytes / 100 END, CASE status WHEN 'loaded' THEN 0 END,
               e.error, CASE status WHEN 'failed' THEN 'data' END, CASE status WHEN 'failed' THEN etl_loader.cause_of('data', e.error, dataset, 'orders_' || n % 100) END,
               CASE status WHEN 'loaded' THEN json_build_object('status', 'loaded', 'dataset', dataset, 'rows_loaded', bytes / 100, 'details', json_build_object()) END,
               CASE status WHEN 'loading' THEN now() END, CASE status WHEN 'loading' THEN now() END
          FROM n
         CROSS JOIN LATERAL (
               SELECT CASE status WHEN 'failed' THEN dataset || ': line ' || n || ', column c' || chr(97 + (n / 10 % 8)::integer) || ': ''x' || n || ''' is not a valid bigint.' END AS error) AS e
         ORDER BY n
        """;

    private const string Attempts =
        """
        INSERT INTO etl_loader.attempts (load_id, attempt, started_at, finished_at, outcome, host, process_id, epoch, error, log)
        SELECT load_id, 1, started_at, finished_at, CASE WHEN status IN ('loaded', 'failed') THEN status END, 'host', 1, 1, error,
               '[{"at":"2026-01-01T00:00:00+00:00","level":"info","stage":"staging","text":"staging"}]'
          FROM etl_loader.load
         WHERE status IN ('loaded', 'failed', 'loading')
        """;

    private const string Lane =
        """
        INSERT INTO etl_loader.lane_status (target, holder, holder_id, epoch, heartbeat_at)
        VALUES ('archive', 'host:1', gen_random_uuid(), 1, now() + interval '1 day')
        """;
}
