namespace Etl.Loader.Inboxes;

/// <summary>The queue database does not answer; nothing on disk is changed until it does.</summary>
internal sealed class QueueAwayException()
    : LoaderException("The queue database does not answer.", "Nothing is lost: triggers wait in the inbox until it is back.");
