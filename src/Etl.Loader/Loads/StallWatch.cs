using Etl.Loader.Faults;
using Etl.Loader.Ledger;
using Etl.Loader.Targets;

namespace Etl.Loader.Loads;

/// <summary>
/// Notices that an attempt gets nowhere. Looked at on the clock of <see cref="AttemptProgress"/>, which turns even while the attempt's own thread hangs.
/// </summary>
internal sealed class StallWatch(LoadId load, LoadOptions options, ProcessEnd end, TimeProvider time)
{
    private readonly Lock _gate = new();
    private long _since = time.GetTimestamp();
    private (LoadStage, long, long) _seen;
    private bool _resting;
    private bool _reported;

    /// <summary>True once the attempt was found stalled; from then on it is to end.</summary>
    public bool Stalled { get; private set; }

    /// <summary>What a stalled attempt ends with.</summary>
    public TargetFault Fault(string dataset) => new(
        FaultKind.Transient,
        $"{dataset}: no progress for {options.StallLimit}.",
        "Check whether the inbox's file system and the target still answer; Loader:Loads:StallLimit sets how long a load may make no progress.");

    /// <summary>The attempt waits for something on purpose, or is over: nothing is expected of it.</summary>
    public void Rest()
    {
        lock (_gate)
        {
            _resting = true;
        }
    }

    /// <summary>The attempt works (again).</summary>
    public void Begin()
    {
        lock (_gate)
        {
            _resting = false;
            _since = time.GetTimestamp();
        }
    }

    /// <summary>One look. True: the attempt was just found stalled.</summary>
    public bool Look(LoadStage stage, long bytes, long rows)
    {
        lock (_gate)
        {
            // Staged and publishing wait for readers and build indexes, both without a sign of life; they have limits of their own.
            if (_resting || _seen != (stage, bytes, rows) || (!Stalled && stage is LoadStage.Staged or LoadStage.Publishing))
            {
                _seen = (stage, bytes, rows);
                _since = time.GetTimestamp();
                return false;
            }

            var still = time.GetElapsedTime(_since);
            if (!Stalled && still >= options.StallLimit)
            {
                Stalled = true;
                return true;
            }

            if (!Stalled || _reported || still < options.StallLimit + options.StallGrace)
            {
                return false;
            }

            _reported = true;
            end.Hang(load, still);
            return false;
        }
    }
}
