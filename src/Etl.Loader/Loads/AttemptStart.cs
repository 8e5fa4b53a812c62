using Etl.Loader.Ledger;
using Etl.Loader.Telemetry;
using Microsoft.Extensions.Logging;

namespace Etl.Loader.Loads;

/// <summary>Begins an attempt in the ledger, follows its progress there and watches that it moves.</summary>
internal sealed class AttemptStart(ILoadLedger ledger, LoadOptions options, ProcessEnd end, TimeProvider time, ILogger<AttemptStart> logger)
{
    /// <summary>
    /// Nothing may begin without the ledger: waits until the queue database answers. It may be another one then, restored from a backup, and the lane
    /// another's, whose attempt this one would be beside. Null: the load has an outcome, or the lane a newer epoch.
    /// </summary>
    public async Task<AttemptKey?> BeginAsync(LoadId load, LaneHold lane, CancellationToken waiting, CancellationToken token)
    {
        for (var away = false; ; away = true)
        {
            try
            {
                if (away)
                {
                    await ledger.FindAsync(load, token);
                    await lane.Desk.ConfirmTurnAsync(token);
                }

                return await ledger.BeginAttemptAsync(load, lane.Epoch, token);
            }
            catch (Exception exception) when (FaultTriage.IsQueueOutage(exception) && !waiting.IsCancellationRequested)
            {
                Log.QueueAway(logger, load, exception);
                await Task.Delay(options.OutageProbe, time, waiting);
            }
        }
    }

    public StallWatch Watch(LoadId load) => new(load, options, end, time);

    public AttemptProgress Follow(LoadRecord load, AttemptKey attempt, StallWatch stall, StageMeasure stages, CancellationToken token) =>
        new(attempt, ledger, load.Spec.Files.Sum(f => f.Bytes), options.ProgressInterval, time, logger, token, stall, stages);
}
