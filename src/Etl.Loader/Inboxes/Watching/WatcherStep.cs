namespace Etl.Loader.Inboxes.Watching;

/// <summary>The places between two things that change disk or database: a process may die at each, and tests do.</summary>
internal enum WatcherStep
{
    BeforeClaim,
    AfterClaim,
    BeforeAccept,
    AfterAccept,
    BeforeMarker,
    AfterMarker,
}
