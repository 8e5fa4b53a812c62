using Etl.Loader.Inboxes.Files;

namespace Etl.Loader.Inboxes.Watching;

/// <summary>Events by the framework's FileSystemWatcher, for systems without inotify. It knows no "closed": what it sees has to settle first.</summary>
internal sealed class SystemEvents : IInboxEvents
{
    private readonly EventQueue _queue = new();
    private readonly FileSystemWatcher _watcher;
    private readonly TimeProvider _time;
    private readonly string _root;

    public SystemEvents(string root, bool recursive, TimeProvider time)
    {
        _root = root;
        _time = time;
        _watcher = new FileSystemWatcher(root)
        {
            IncludeSubdirectories = recursive,
            NotifyFilter = NotifyFilters.FileName | NotifyFilters.LastWrite | NotifyFilters.DirectoryName,
        };
        _watcher.Created += (_, e) => Report(InboxEventKind.Seen, e.FullPath);
        _watcher.Changed += (_, e) => Report(InboxEventKind.Seen, e.FullPath);
        _watcher.Renamed += (_, e) => Report(InboxEventKind.Finished, e.FullPath);
        _watcher.Error += (_, _) => _queue.Add(new InboxEvent(InboxEventKind.Lost, ""));
        _watcher.EnableRaisingEvents = true;
    }

    public string? ScanningBecause => null;

    public bool HasEnded => false;

    public DateTimeOffset? LastEventAt { get; private set; }

    public bool TryRead(out InboxEvent happened) => _queue.TryRead(out happened);

    public Task WaitAsync(CancellationToken token) => _queue.WaitAsync(token);

    public void Dispose() => _watcher.Dispose();

    private void Report(InboxEventKind kind, string path)
    {
        LastEventAt = _time.GetUtcNow();
        var relative = Path.GetRelativePath(_root, path).Replace(Path.DirectorySeparatorChar, '/');
        if (InboxName.IsTrigger(Path.GetFileName(path.AsSpan())))
        {
            _queue.Add(new InboxEvent(kind, relative));
        }
        else if (Directory.Exists(path))
        {
            _queue.Add(new InboxEvent(InboxEventKind.Directory, relative));
        }
    }
}
