using System.Diagnostics.CodeAnalysis;
using Etl.Loader.Ledger;

namespace Etl.Loader.Queue.Jobs;

// The ways a job ends otherwise than well. They are exceptions because that is how a Hangfire job speaks; LoadStateFilter reads them. What they say is
// written into Hangfire's tables: text that these do not take would keep the job from ending, and its lane with it.

/// <summary>The load failed for good; the message is what people read on the job's page.</summary>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "Thrown in one place only.")]
internal sealed class LoadFailedException(string message) : Exception(LedgerWords.Storable(message));

/// <summary>The load is to be tried again at a time.</summary>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "Thrown in one place only.")]
internal sealed class LoadRetryException(DateTimeOffset at, string message) : Exception(LedgerWords.Storable(message))
{
    public DateTimeOffset At { get; } = at;
}

/// <summary>The load goes back to the head of its lane, or at a time where that is given.</summary>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "Thrown in one place only.")]
internal sealed class LoadHandedBackException(string target, DateTimeOffset? at, string message) : Exception(LedgerWords.Storable(message))
{
    public string Target { get; } = target;

    public DateTimeOffset? At { get; } = at;
}

/// <summary>The load was cancelled; its job is done with.</summary>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "Thrown in one place only.")]
internal sealed class LoadCancelledException() : Exception("The load was cancelled.");
