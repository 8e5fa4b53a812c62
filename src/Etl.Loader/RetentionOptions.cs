namespace Etl.Loader;

/// <summary>What the operator wrote under <c>Loader:Retention</c>. Ledger and receipts are kept forever.</summary>
internal sealed class RetentionOptions
{
    public const string Section = "Loader:Retention";

    /// <summary>How long the rejected rows of a published load stay in the target. Default 90 days.</summary>
    public TimeSpan Rejects { get; set; } = TimeSpan.FromDays(90);

    /// <summary>How long the checkpoints of a failed load stay, so that a requeue resumes from them; zero: not at all. Default 7 days.</summary>
    public TimeSpan FailedStaging { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How long <c>X.loaded</c> stays beside the data. Default 30 days.</summary>
    public TimeSpan LoadedMarkers { get; set; } = TimeSpan.FromDays(30);

    /// <summary>
    /// How long the ledger knows a trigger as taken after its file is gone or replaced, in inboxes without markers; as long as it is there, always. Default 30 days.
    /// </summary>
    public TimeSpan TakenTriggers { get; set; } = TimeSpan.FromDays(30);
}
