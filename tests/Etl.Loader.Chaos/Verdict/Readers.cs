using DuckDB.NET.Data;
using Etl.Loader.Chaos.Installation;
using Etl.Loader.Chaos.Workload;
using Npgsql;

namespace Etl.Loader.Chaos.Verdict;

/// <summary>
/// People who look at the tables all the time: in the warehouse one session in READ COMMITTED and one in REPEATABLE READ whose snapshot is older than
/// what it reads, in the lake one that opens the file again and again. Each delivery's rows must be all there or none, and a replaced table must hold exactly one.
/// </summary>
internal sealed class Readers(Stand stand, Producer producer, Findings findings)
{
    private readonly Random _random = new(1);
    private long _looks;

    /// <summary>How often a table was looked at.</summary>
    public long Looks => Interlocked.Read(ref _looks);

    public Task RunAsync(CancellationToken token) => Task.WhenAll(
        RepeatAsync(t => WarehouseAsync("READ COMMITTED", t), 150, token),
        RepeatAsync(t => WarehouseAsync("REPEATABLE READ", t), 150, token),
        RepeatAsync(LakeAsync, 1500, token));

    private static async Task RepeatAsync(Func<CancellationToken, Task> look, int pause, CancellationToken token)
    {
        while (!token.IsCancellationRequested)
        {
            try
            {
                await look(token);
            }
            catch (Exception away) when (away is NpgsqlException or DuckDBException or IOException or TimeoutException)
            {
                // The server or the line is down, or the file is being written: this reader tries again like any other.
            }
            catch (OperationCanceledException)
            {
                return;
            }

            await Task.Delay(pause, token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task WarehouseAsync(string isolation, CancellationToken token)
    {
        // To make a session costs more than its looks.
        await using var connection = await stand.OpenAsync(Stand.Warehouse, token);
        while (!token.IsCancellationRequested)
        {
            await using (var begin = new NpgsqlCommand($"BEGIN ISOLATION LEVEL {isolation}; SELECT count(*) FROM pg_class", connection))
            {
                await begin.ExecuteNonQueryAsync(token);
            }

            await Task.Delay(_random.Next(1, 300), token);
            try
            {
                // One a snapshot: with more, the readers took a quarter of the machine from those who are tried out.
                foreach (var table in Tables(Stand.Warehouse).Take(1))
                {
                    await using var look = new NpgsqlCommand(Look($"public.{table.Key}"), connection);
                    await using var reader = await look.ExecuteReaderAsync(token);
                    var parts = new List<Part>();
                    while (await reader.ReadAsync(token))
                    {
                        parts.Add(new Part(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4)));
                    }

                    Judge($"{isolation}: warehouse table {table.Key}", table.Value, parts);
                }
            }
            catch (PostgresException missing) when (missing.SqlState == PostgresErrorCodes.UndefinedTable)
            {
                // Not loaded for the first time yet.
            }

            await using var end = new NpgsqlCommand("ROLLBACK", connection);
            await end.ExecuteNonQueryAsync(token);
        }
    }

    private async Task LakeAsync(CancellationToken token)
    {
        await stand.LakeTurn.WaitAsync(token);
        try
        {
            if (!File.Exists(stand.LakeFile))
            {
                return;
            }

            await using var connection = new DuckDBConnection($"DataSource={stand.LakeFile};ACCESS_MODE=READ_ONLY");
            connection.Open();
            foreach (var table in Tables(Stand.Lake))
            {
                await using var look = connection.CreateCommand();
                look.CommandText = Look($"main.{table.Key}");
                try
                {
                    await using var reader = await look.ExecuteReaderAsync(token);
                    var parts = new List<Part>();
                    while (await reader.ReadAsync(token))
                    {
                        parts.Add(new Part(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4)));
                    }

                    Judge($"lake table {table.Key}", table.Value, parts);
                }
                catch (DuckDBException missing) when (missing.Message.Contains("does not exist", StringComparison.Ordinal))
                {
                    // Not loaded for the first time yet.
                }
            }
        }
        finally
        {
            stand.LakeTurn.Release();
        }
    }

    private static string Look(string table) =>
        $"SELECT delivery, count(*), min(row_count), max(row_count), count(DISTINCT row_no) FROM {table} GROUP BY delivery";

    private IEnumerable<KeyValuePair<string, bool>> Tables(string target) => producer.Expected
        .Where(e => e.Key.Target == target)
        .Where(e => producer.IsCurrent(e.Key.Table))
        .Select(e => KeyValuePair.Create(e.Key.Table, e.Value[0].Story == Story.Appended || e.Value.Exists(d => d.Append)))
        .OrderBy(_ => _random.Next());

    private void Judge(string where, bool mixes, List<Part> parts)
    {
        Interlocked.Increment(ref _looks);
        var broken = parts.Where(p => p.Rows != p.Least || p.Least != p.Most || p.Distinct != p.Rows).ToList();
        var said = parts.Count == 0 ? "is empty"
            : broken.Count > 0 ? $"has {string.Join("; ", broken)}"
            : !mixes && parts.Count > 1 ? $"mixes deliveries {string.Join(", ", parts.Select(p => p.Delivery))}"
            : null;
        if (said is not null)
        {
            findings.Add(Harm.Torn, $"{where} {said}", TimeProvider.System.GetUtcNow());
        }
    }

    private sealed record Part(long Delivery, long Rows, long Least, long Most, long Distinct)
    {
        public override string ToString() => $"{Rows} rows of {Least} of delivery {Delivery}";
    }
}
