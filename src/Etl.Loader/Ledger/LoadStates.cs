namespace Etl.Loader.Ledger;

/// <summary>How a load stands; the names in lower case are what the ledger stores and people read.</summary>
internal enum LoadStatus
{
    Queued,
    Loading,
    Retrying,
    Loaded,
    Failed,
    Cancelled,
    Superseded,
}

/// <summary>How far the current or last attempt came.</summary>
internal enum LoadStage
{
    Accepted,
    Surveying,
    Staging,
    Staged,
    Publishing,
    Published,
}

/// <summary>How an attempt ended; distinguished so that shutdowns and takeovers never count as failures.</summary>
internal enum AttemptOutcome
{
    Loaded,
    Superseded,
    Failed,
    Retry,
    Cancelled,

    /// <summary>Stopped by a shutdown, handed back, nothing lost.</summary>
    Interrupted,

    /// <summary>Another process holds the lane now; this one changed nothing.</summary>
    Fenced,

    /// <summary>The process died; found by the next holder of the lane.</summary>
    Crashed,
}
