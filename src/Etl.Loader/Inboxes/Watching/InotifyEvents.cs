using System.Runtime.InteropServices;
using Etl.Loader.Files;
using Etl.Loader.Inboxes.Files;
using Microsoft.Win32.SafeHandles;

namespace Etl.Loader.Inboxes.Watching;

/// <summary>
/// Events by Linux' inotify, which alone shows when a file was closed after writing. One thread sleeps in poll(2); it costs nothing while
/// nothing happens. When the limit on watches is reached, what is watched stays so and the scan does the rest.
/// </summary>
internal sealed class InotifyEvents : IInboxEvents
{
    private const Inotify.Mask Wanted = Inotify.Mask.CloseWrite | Inotify.Mask.MovedTo | Inotify.Mask.MovedFrom | Inotify.Mask.Create
        | Inotify.Mask.DeleteSelf | Inotify.Mask.MoveSelf | Inotify.Mask.OnlyDirectories;

    private readonly EventQueue _queue = new();
    private readonly Dictionary<int, string> _directories = [];
    private readonly SafeFileHandle _inotify;
    private readonly SafeFileHandle _stop;
    private readonly string _root;
    private readonly bool _recursive;
    private readonly TimeProvider _time;
    private readonly Thread _thread;
    private volatile string? _scanningBecause;
    private volatile bool _hasEnded;
    private long _lastEventTicks;
    private bool _disposed;

    /// <param name="root">A real path. Directories below that exist already are watched when the constructor returns.</param>
    public InotifyEvents(string root, bool recursive, TimeProvider time)
    {
        _root = root;
        _recursive = recursive;
        _time = time;
        _inotify = Inotify.Open();
        var error = Marshal.GetLastPInvokeError();
        _stop = Inotify.OpenSignal();
        if (_inotify.IsInvalid)
        {
            _scanningBecause = error == Errno.ProcessFileLimit
                ? "no inotify instance is left (raise fs.inotify.max_user_instances)"
                : $"inotify is not available ({Marshal.GetPInvokeErrorMessage(error)})";
        }
        else
        {
            _scanningBecause = NetworkFileSystem.KindOf(root) is { } kind ? $"events do not report writes by other hosts ({kind})" : null;
            Watch("");
        }

        _thread = new Thread(ReadAll, 256 * 1024) { IsBackground = true, Name = "inotify" };
        if (!_inotify.IsInvalid && !_stop.IsInvalid)
        {
            _thread.Start();
        }
    }

    public string? ScanningBecause => _scanningBecause;

    public bool HasEnded => _hasEnded;

    public DateTimeOffset? LastEventAt => Interlocked.Read(ref _lastEventTicks) is var ticks and > 0 ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    public bool TryRead(out InboxEvent happened) => _queue.TryRead(out happened);

    public Task WaitAsync(CancellationToken token) => _queue.WaitAsync(token);

    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        if (_thread.IsAlive)
        {
            Inotify.Raise(_stop);
            _thread.Join();
        }

        _inotify.Dispose();
        _stop.Dispose();
    }

    /// <summary>What one record means; called by the reading thread only.</summary>
    internal void Handle(InotifyRecord record)
    {
        Interlocked.Exchange(ref _lastEventTicks, _time.GetUtcNow().UtcTicks);
        if (record.Mask.HasFlag(Inotify.Mask.QueueOverflow))
        {
            // Directories may have been made meanwhile, too.
            Watch("");
            _queue.Add(new InboxEvent(InboxEventKind.Lost, ""));
            return;
        }

        if (!_directories.TryGetValue(record.Watch, out var directory))
        {
            return;
        }

        var path = directory.Length == 0 ? record.Name : $"{directory}/{record.Name}";
        if ((record.Mask & (Inotify.Mask.Ignored | Inotify.Mask.Unmounted | Inotify.Mask.DeleteSelf | Inotify.Mask.MoveSelf)) != 0)
        {
            HandleEnd(record, directory);
        }
        else if (record.Mask.HasFlag(Inotify.Mask.IsDirectory))
        {
            HandleDirectory(record, path);
        }
        else if ((InboxName.IsTrigger(record.Name) && (record.Mask & (Inotify.Mask.CloseWrite | Inotify.Mask.MovedTo)) != 0)
            || (InboxName.IsClaim(record.Name) && record.Mask.HasFlag(Inotify.Mask.CloseWrite)))
        {
            // A claim that is renamed into place is being worked on by its watcher; one that is closed after writing had a slow writer.
            _queue.Add(new InboxEvent(InboxEventKind.Finished, path));
        }
    }

    private void HandleEnd(InotifyRecord record, string directory)
    {
        if (record.Mask.HasFlag(Inotify.Mask.Ignored))
        {
            _directories.Remove(record.Watch);
        }

        if (directory.Length == 0)
        {
            _hasEnded |= !record.Mask.HasFlag(Inotify.Mask.MoveSelf);
            _queue.Add(new InboxEvent(InboxEventKind.Lost, ""));
        }
    }

    private void HandleDirectory(InotifyRecord record, string path)
    {
        if (!_recursive || InboxName.IsHidden(record.Name))
        {
            return;
        }

        if (record.Mask.HasFlag(Inotify.Mask.MovedFrom))
        {
            // Its watches would continue under paths that are no longer true; where it reappears inside, it is watched again.
            foreach (var (watch, _) in _directories.Where(d => d.Value == path || d.Value.StartsWith(path + "/", StringComparison.Ordinal)).ToList())
            {
                _directories.Remove(watch);
                Inotify.Remove(_inotify, watch);
            }
        }
        else if ((record.Mask & (Inotify.Mask.Create | Inotify.Mask.MovedTo)) != 0)
        {
            // Watch first, then have it scanned: what came in between is seen by one of the two.
            Watch(path);
            _queue.Add(new InboxEvent(InboxEventKind.Directory, path));
        }
    }

    private void Watch(string directory)
    {
        using var opened = TryOpen(directory);
        if (opened is null)
        {
            return;
        }

        var watch = Inotify.Add(_inotify, opened.Path, Wanted);
        if (watch < 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error is not (Errno.NoEntry or Errno.NotDirectory))
            {
                _scanningBecause = error == Errno.NoSpace
                    ? "the limit on inotify watches is reached (raise fs.inotify.max_user_watches)"
                    : $"{Path.Combine(_root, directory)} cannot be watched ({Marshal.GetPInvokeErrorMessage(error)})";
            }

            return;
        }

        _directories[watch] = directory;
        if (!_recursive)
        {
            return;
        }

        foreach (var below in InboxScan.Directories(opened))
        {
            Watch(directory.Length == 0 ? below : $"{directory}/{below}");
        }
    }

    /// <summary>Null where the directory is gone again, or is a link by now: what is watched is what is in the inbox.</summary>
    private DirectoryHandle? TryOpen(string directory)
    {
        try
        {
            using var root = DirectoryHandle.Open(_root);
            return root.TryDescend(directory);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private void ReadAll()
    {
        try
        {
            Span<byte> buffer = new byte[64 * 1024];
            while (Inotify.WaitForEither(_inotify, _stop))
            {
                var count = Inotify.Read(_inotify, buffer);
                foreach (var record in InotifyRecords.Parse(buffer[..count]))
                {
                    Handle(record);
                }
            }
        }
        catch (Exception exception)
        {
            // The thread must not take the process with it: without events the scan still sees everything.
            _scanningBecause = $"reading inotify failed ({exception.Message})";
            _queue.Add(new InboxEvent(InboxEventKind.Lost, ""));
        }
    }
}
