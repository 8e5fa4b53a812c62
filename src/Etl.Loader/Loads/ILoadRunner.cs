using Etl.Loader.Ledger;
using Etl.Loader.Targets;

namespace Etl.Loader.Loads;

/// <summary>Runs one attempt of a load from survey to receipt. Re-entrant from any line: it first looks what is done already.</summary>
internal interface ILoadRunner
{
    /// <param name="load">As the ledger has it now.</param>
    /// <param name="token">Fires when the process shuts down or the lane is lost: the attempt ends as interrupted.</param>
    Task<AttemptEnd> RunAsync(LoadRecord load, LaneHold lane, CancellationToken token);
}

/// <summary>The right to write into a target: the target and the epoch under which this process holds its lane.</summary>
/// <param name="SayWaits">What the lane waits for from now on; null: nothing. Only the last word counts, and saying it twice costs nothing.</param>
internal sealed record LaneHold(ILoadTarget Target, long Epoch, Action<string?> SayWaits)
{
    /// <summary>Fires when the load is to end soon: at its next chunk, or as a whole if it is not staged in chunks. After a grace its own token fires.</summary>
    public CancellationToken WindUp { get; init; }

    /// <summary>Asks whether a load may still begin here, and throws where not: while the queue database was away the lane may have become another's.</summary>
    public Func<CancellationToken, Task> Confirm { get; init; } = static _ => Task.CompletedTask;

    /// <summary>The table that a load of this lane goes to.</summary>
    public TableName TableOf(LoadSpec spec) => new(spec.TableSchema ?? Target.DefaultSchema, spec.TableName);
}
