using System.Threading.Channels;

namespace Etl.Loader.Inboxes.Watching;

/// <summary>Events between the thread that reads them and the watcher. Bounded: when it is full, one "lost" stands for all that did not fit.</summary>
internal sealed class EventQueue
{
    private const int Capacity = 8192;

    private readonly Channel<InboxEvent> _events = Channel.CreateBounded<InboxEvent>(new BoundedChannelOptions(Capacity) { SingleReader = true });
    private int _lost;

    public void Add(InboxEvent happened)
    {
        if (happened.Kind == InboxEventKind.Lost || !_events.Writer.TryWrite(happened))
        {
            Volatile.Write(ref _lost, 1);

            // Wakes the reader; when the queue is full it is awake.
            _events.Writer.TryWrite(new InboxEvent(InboxEventKind.Lost, ""));
        }
    }

    public bool TryRead(out InboxEvent happened)
    {
        if (Interlocked.Exchange(ref _lost, 0) == 1)
        {
            happened = new InboxEvent(InboxEventKind.Lost, "");
            return true;
        }

        return _events.Reader.TryRead(out happened);
    }

    public async Task WaitAsync(CancellationToken token) => await _events.Reader.WaitToReadAsync(token);
}
