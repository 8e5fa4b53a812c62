namespace Etl.Loader.Inboxes.Watching;

/// <summary>What the operating system reports about an inbox. A hint only: the scan is the truth, so losing some of it delays and loses nothing.</summary>
internal interface IInboxEvents : IDisposable
{
    /// <summary>Null: files are reported as they are finished. Otherwise why only scans see them.</summary>
    string? ScanningBecause { get; }

    /// <summary>True when the directory that was watched is gone: these events will never report anything again.</summary>
    bool HasEnded { get; }

    DateTimeOffset? LastEventAt { get; }

    /// <summary>The next thing reported, without waiting.</summary>
    bool TryRead(out InboxEvent happened);

    /// <summary>Ends when there is something to read. Cancelled by the token.</summary>
    Task WaitAsync(CancellationToken token);
}

internal enum InboxEventKind
{
    /// <summary>A trigger was closed after writing or renamed into place: it is complete.</summary>
    Finished,

    /// <summary>A trigger appeared or changed; no one knows whether it is complete.</summary>
    Seen,

    /// <summary>A directory appeared: look into it, what is in there came before the watch.</summary>
    Directory,

    /// <summary>Events were lost: scan everything.</summary>
    Lost,
}

/// <param name="Path">Relative to the inbox, with '/'.</param>
internal readonly record struct InboxEvent(InboxEventKind Kind, string Path);
