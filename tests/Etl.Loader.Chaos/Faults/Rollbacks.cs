using Etl.Loader.Chaos.Installation;
using Npgsql;

namespace Etl.Loader.Chaos.Faults;

/// <summary>The warehouse rolls back whatever the loader begins there, as one does whose writers collide: loads are tried again after a while.</summary>
internal sealed class Rollbacks(Stand stand)
{
    private const string Begin = """
        CREATE OR REPLACE FUNCTION chaos.roll_back() RETURNS event_trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF current_setting('application_name') LIKE 'etl-loader lane=%' THEN
                RAISE EXCEPTION 'another writer was first' USING ERRCODE = 'serialization_failure';
            END IF;
        END $$;
        DROP EVENT TRIGGER IF EXISTS chaos_roll_back;
        CREATE EVENT TRIGGER chaos_roll_back ON ddl_command_end EXECUTE FUNCTION chaos.roll_back();
        """;

    private const string End = "DROP EVENT TRIGGER IF EXISTS chaos_roll_back";
    private const string Retrying = $"SELECT 1 FROM etl_loader.load WHERE target = '{Stand.Warehouse}' AND status = 'retrying' LIMIT 1";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Until a load has met it, and a little longer; null when none did.</summary>
    public async Task<DateTimeOffset?> InjectAsync(Random random, CancellationToken token)
    {
        var began = TimeProvider.System.GetTimestamp();
        var met = false;
        await stand.ExecuteAsync(Stand.Warehouse, Begin, token);
        try
        {
            while (!met && TimeProvider.System.GetElapsedTime(began) < Patience)
            {
                await Task.Delay(50, token);
                met = await stand.ScalarAsync("queue", Retrying, token) is not null;
            }

            await Task.Delay(random.Next(0, 1000), token);
        }
        finally
        {
            await EndAsync(token);
        }

        return met ? TimeProvider.System.GetUtcNow() : null;
    }

    /// <summary>It must not outlast the fault, whatever else is broken just then.</summary>
    private async Task EndAsync(CancellationToken token)
    {
        while (true)
        {
            try
            {
                await stand.ExecuteAsync(Stand.Warehouse, End, token);
                return;
            }
            catch (Exception away) when (away is NpgsqlException or TimeoutException)
            {
                await Task.Delay(100, token);
            }
        }
    }
}
