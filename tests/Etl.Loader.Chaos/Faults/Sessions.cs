using System.Globalization;
using Etl.Loader.Chaos.Installation;
using Npgsql;

namespace Etl.Loader.Chaos.Faults;

/// <summary>Finds database sessions of the product.</summary>
internal static class Sessions
{
    /// <summary>In the middle of writing rows into the warehouse.</summary>
    public const string Copy = "datname = 'warehouse' AND application_name LIKE 'etl-loader lane=%' AND state <> 'idle' AND query LIKE 'COPY%'";

    /// <summary>As <see cref="Copy"/>, of a load some of whose chunks are committed already.</summary>
    public const string Checkpoint = Copy + " AND EXISTS (SELECT FROM etl_loader.checkpoints)";

    /// <summary>Waiting for new jobs.</summary>
    public const string Listen = "datname = 'queue' AND query ILIKE 'LISTEN%'";

    /// <summary>Holding a lane.</summary>
    public const string Lock =
        "datname = 'queue' AND application_name LIKE 'etl-loader lane %' AND pid IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted)";

    public const string Any = "datname IN ('queue', 'warehouse') AND application_name LIKE 'etl-loader%'";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>Waits until there is one, and for the server where it is away; null when none came.</summary>
    public static async Task<int?> FindAsync(Stand stand, string which, Random random, CancellationToken token)
    {
        var began = TimeProvider.System.GetTimestamp();
        // Sessions of every database are seen from each; checkpoints only from the warehouse.
        await using var session = new KeptSession(stand, which == Checkpoint ? Stand.Warehouse : "postgres");
        while (TimeProvider.System.GetElapsedTime(began) < Patience)
        {
            try
            {
                var found = await session.RowsAsync($"SELECT pid FROM pg_stat_activity WHERE {which} ORDER BY pid", token);
                if (found.Count > 0)
                {
                    return (int)found[random.Next(found.Count)][0]!;
                }
            }
            catch (Exception away) when (away is NpgsqlException or IOException or TimeoutException)
            {
                // Another fault's doing.
            }

            await Task.Delay(20, token);
        }

        return null;
    }

    public static Task TerminateAsync(Stand stand, int session, CancellationToken token) =>
        stand.ScalarAsync("postgres", string.Create(CultureInfo.InvariantCulture, $"SELECT pg_terminate_backend({session})"), token);
}
