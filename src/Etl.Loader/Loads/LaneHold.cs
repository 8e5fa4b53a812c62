using Etl.Loader.Ledger;
using Etl.Loader.Targets;

namespace Etl.Loader.Loads;

/// <summary>The right to write into a target: the target and the epoch under which this process holds its lane.</summary>
internal sealed record LaneHold(ILoadTarget Target, long Epoch, ILaneDesk Desk)
{
    /// <summary>The table that a load of this lane goes to.</summary>
    public TableName TableOf(LoadSpec spec) => new(spec.TableSchema ?? Target.DefaultSchema, spec.TableName);
}

/// <summary>The lane, as the load that it runs sees it.</summary>
internal interface ILaneDesk
{
    /// <summary>Fires when the load must end soon: at its next chunk, or as a whole if it is not staged in chunks. After a grace its own token fires.</summary>
    CancellationToken WindingUp { get; }

    /// <summary>Reports what the lane waits for from now on; null: nothing. Only the last report counts. Idempotent.</summary>
    void ReportWait(string? reason);

    /// <summary>
    /// Asks whether a load may still begin here: while the queue database was away another process may have taken the lane.
    /// Throws where it may not: the load goes back to its queue.
    /// </summary>
    Task ConfirmTurnAsync(CancellationToken token);
}
