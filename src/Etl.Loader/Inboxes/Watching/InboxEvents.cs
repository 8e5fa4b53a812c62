namespace Etl.Loader.Inboxes.Watching;

internal static class InboxEvents
{
    /// <summary>inotify where there is one, the framework's watcher elsewhere, scanning alone where neither works.</summary>
    public static IInboxEvents Open(string root, bool recursive, TimeProvider time)
    {
        if (OperatingSystem.IsLinux())
        {
            return new InotifyEvents(root, recursive, time);
        }

        try
        {
            return new SystemEvents(root, recursive, time);
        }
        catch (Exception exception) when (exception is IOException or PlatformNotSupportedException or ArgumentException)
        {
            return new ScanningOnly(exception.Message);
        }
    }
}
