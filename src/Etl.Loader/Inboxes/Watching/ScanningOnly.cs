namespace Etl.Loader.Inboxes.Watching;

/// <summary>No events at all: the periodic scan does everything.</summary>
internal sealed class ScanningOnly(string reason) : IInboxEvents
{
    public string? ScanningBecause => reason;

    public bool HasEnded => false;

    public DateTimeOffset? LastEventAt => null;

    public bool TryRead(out InboxEvent happened)
    {
        happened = default;
        return false;
    }

    public Task WaitAsync(CancellationToken token) => Task.Delay(Timeout.Infinite, token);

    public void Dispose()
    {
    }
}
