using Etl.Loader.Ledger;
using Etl.Loader.Targets;

namespace Etl.Loader.Loads;

/// <summary>
/// How an attempt of a load ended. A closed set: <see cref="LoadRunner"/> decides it, <see cref="OutcomeReporter"/> writes it to the ledger, and the load's
/// job maps it to a state of Hangfire. Nothing else carries an outcome.
/// </summary>
/// <param name="Outcome">What the ledger calls this end; null where no attempt began.</param>
internal abstract record AttemptEnd(AttemptOutcome? Outcome)
{
    /// <summary>What people read about this end; null where there is nothing to explain.</summary>
    public virtual string? Message => null;

    /// <summary>The rows are in the table, published by this attempt or an earlier one.</summary>
    public sealed record Loaded(LoadReceipt Receipt) : AttemptEnd(AttemptOutcome.Loaded);

    /// <summary>A newer delivery is in the table already, or replaced the files of this one before they were read; nothing was published.</summary>
    public sealed record Superseded(LoadId By, bool Replaced = false) : AttemptEnd(AttemptOutcome.Superseded)
    {
        public override string Message => Replaced
            ? $"The dataset was delivered again before this load was finished; load {By.Short} loads the newer delivery."
            : $"A newer delivery, load {By.Short}, is in the table already.";
    }

    /// <summary>Stopped on request; nothing was published.</summary>
    public sealed record Cancelled() : AttemptEnd(AttemptOutcome.Cancelled)
    {
        public override string Message => "Cancelled on request.";
    }

    /// <summary>Failed for good: people may fix the cause and requeue the load.</summary>
    /// <param name="Line">The line of the data at fault, where there is one.</param>
    public sealed record Failed(TargetFault Fault, long? Line = null, Exception? Cause = null) : AttemptEnd(AttemptOutcome.Failed)
    {
        public override string Message => Fault.Reason;
    }

    /// <summary>To be tried again; counts as a failure.</summary>
    public sealed record RetryAt(DateTimeOffset At, TargetFault Fault) : AttemptEnd(AttemptOutcome.Retry)
    {
        public override string Message => Fault.Reason;
    }

    /// <summary>Something is in the way, such as readers: the lane continues with other loads until then. Uses no attempt; what was staged in chunks stays.</summary>
    public sealed record SetBack(DateTimeOffset At, TargetFault WaitsFor) : AttemptEnd(AttemptOutcome.Interrupted)
    {
        public override string Message => WaitsFor.Reason;
    }

    /// <summary>The process stops or the lane is paused: the load is the next of its lane to run. Uses no attempt.</summary>
    public sealed record Interrupted() : AttemptEnd(AttemptOutcome.Interrupted);

    /// <summary>Another process holds the lane, or a later attempt the load: nothing may be changed, neither the ledger nor the job.</summary>
    public sealed record Fenced(string Reason) : AttemptEnd(AttemptOutcome.Fenced)
    {
        public override string Message => Reason;
    }

    /// <summary>The ledger began no attempt: the load got its outcome meanwhile, or the lane is held under a newer epoch.</summary>
    public sealed record NotBegun() : AttemptEnd((AttemptOutcome?)null)
    {
        public override string Message => "The load already has an outcome, or another process holds its lane.";
    }
}
