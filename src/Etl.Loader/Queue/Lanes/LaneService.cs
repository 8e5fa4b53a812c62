using Etl.Loader.Ledger;
using Etl.Loader.Loads;
using Etl.Loader.Queue.Storage;
using Etl.Loader.Targets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Etl.Loader.Queue.Lanes;

/// <summary>Serves the lane of one target as long as the host runs. The host's start waits for nothing here.</summary>
internal sealed class LaneService(
    string target,
    TargetCatalog targets,
    QueueDatabase database,
    DatabaseReadiness readiness,
    LaneParts parts,
    ILoadRunner runner,
    ILoadLedger ledger,
    IOptions<LaneOptions> options,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<LaneService> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The host stops its services one after the other; the lanes hand back all at once.
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, lifetime.ApplicationStopping);
        await readiness.WaitAsync(stopping.Token);
        var lane = Lane.Create(targets.Get(target), database, parts, runner, ledger, options.Value, time, logger);
        await WarnOfUnservedAsync(stopping.Token);
        await lane.RunAsync(stopping.Token);
    }

    private async Task WarnOfUnservedAsync(CancellationToken token)
    {
        try
        {
            var unserved = await parts.Takeover.FindUnservedAsync(targets.Names, token);
            if (unserved.Count > 0)
            {
                Log.UnservedQueues(logger, target, unserved.Values.Sum(), string.Join(", ", unserved.Keys));
            }
        }
        catch (Npgsql.NpgsqlException fault)
        {
            Log.QueueAway(logger, database.ToString(), fault.Message);
        }
    }
}
