using Etl.Loader.Ledger;
using Etl.Loader.Survey;

namespace Etl.Loader.Inboxes;

/// <summary>The inboxes as the rest of the product sees them: where the data lies, and where the outcome is reported.</summary>
internal interface IInboxes : IFileRefresh
{
    /// <summary>
    /// The data files of an accepted load, checked to be inside the inbox and to be as they were at acceptance. Throws
    /// <see cref="DatasetException"/> naming the file that is missing, changed or outside; <see cref="InboxAwayException"/> when the inbox
    /// itself is not there, which is an outage and no fault of the load.
    /// </summary>
    IReadOnlyList<SourceFile> Resolve(LoadSpec spec);

    /// <summary>Throws as <see cref="Resolve"/> does when a file is no longer as it was at acceptance: asked again after the last byte.</summary>
    void VerifyUnchanged(LoadSpec spec);

    /// <summary>Whether a trigger of the load's dataset is there, or is being taken: a further delivery that is not a load yet. False where that cannot be seen.</summary>
    bool IsTriggered(LoadSpec spec);

    /// <summary>
    /// Puts <c>X.loaded</c> (with the content as given; after the inbox's <c>AfterLoad</c> was done) or <c>X.failed</c> in place of this load's own
    /// older marker; for a status without outcome <c>X.queued</c> (the content is the trigger's text, may be empty). False when another, newer load owns
    /// the dataset's markers. Never throws for a read-only or absent inbox; false then, and the watcher writes it later.
    /// An inbox without markers gets none, and the answer is false.
    /// </summary>
    Task<bool> WriteMarkerAsync(LoadId load, LoadSpec spec, LoadStatus status, string content, CancellationToken token);

    /// <summary>The pauses between the attempts of the inbox's loads; null where it has none of its own, or is no longer configured.</summary>
    IReadOnlyList<TimeSpan>? RetryDelays(string inbox);
}

/// <summary>The inbox's directory is not there or is not the one on record: an unmounted share, not missing files.</summary>
internal sealed class InboxAwayException(string inbox, string path, string reason)
    : LoaderException($"Inbox '{inbox}' at {path} is away: {reason}.", "Mount the directory again; loads wait and resume automatically.");
