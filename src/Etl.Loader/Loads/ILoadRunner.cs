using Etl.Loader.Ledger;

namespace Etl.Loader.Loads;

/// <summary>Runs one attempt of a load from survey to receipt. Re-entrant from any line: it first looks what is done already.</summary>
internal interface ILoadRunner
{
    /// <param name="load">As the ledger has it now.</param>
    /// <param name="token">Fires when the process shuts down or the lane is lost: the attempt ends as interrupted.</param>
    Task<AttemptEnd> RunAsync(LoadRecord load, LaneHold lane, CancellationToken token);
}
