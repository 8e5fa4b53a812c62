using System.IO.Enumeration;
using Etl.Loader.Files;
using Etl.Loader.Inboxes.Files;

namespace Etl.Loader.Inboxes.Watching;

/// <summary>Looks through an inbox. Only names that mean something become objects, so that a directory of many data files costs little.</summary>
internal static class InboxScan
{
    // Hidden files are left out by name below; errors in one directory (gone meanwhile, no permission) must not hide the others.
    private static readonly EnumerationOptions Options = new() { AttributesToSkip = FileAttributes.None };

    /// <summary>Triggers and claims, relative paths, in no order.</summary>
    public static IEnumerable<string> Triggers(Inbox inbox, string below = "") =>
        Find(inbox, below, name => InboxName.IsTrigger(name) || InboxName.IsClaim(name));

    public static IEnumerable<string> QueuedMarkers(Inbox inbox) => Find(inbox, "", InboxName.IsQueued);

    public static IEnumerable<string> LoadedMarkers(Inbox inbox) => Find(inbox, "", InboxName.IsLoaded);

    /// <summary>Names of the directories right below that are looked into: not hidden, no links.</summary>
    public static IReadOnlyList<string> Directories(DirectoryHandle directory)
    {
        try
        {
            return [.. Entries(directory, static _ => false).Select(entry => entry.Name)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private delegate bool NamePredicate(ReadOnlySpan<char> fileName);

    /// <summary>Each directory is opened from the inbox itself: one that was exchanged for a link is not looked into.</summary>
    private static IEnumerable<string> Find(Inbox inbox, string below, NamePredicate wanted)
    {
        using var root = inbox.Open();
        var archive = inbox.ArchiveInside;
        var pending = new Stack<string>([below]);
        while (pending.TryPop(out var path))
        {
            using var directory = TryDescend(root, path);
            if (directory is null)
            {
                if (path == below)
                {
                    throw new DirectoryNotFoundException($"{path} is gone.");
                }

                continue;
            }

            if (Readable(directory, path == below, wanted) is not { } entries)
            {
                continue;
            }

            foreach (var (name, isDirectory) in entries)
            {
                var found = path.Length == 0 ? name : $"{path}/{name}";
                if (!isDirectory)
                {
                    yield return found;
                }
                else if (inbox.Options.Recursive && found != archive)
                {
                    pending.Push(found);
                }
            }
        }
    }

    /// <summary>A directory that cannot be looked into must not hide the others; the first one is the caller's concern.</summary>
    private static FileSystemEnumerable<(string Name, bool IsDirectory)>? Readable(DirectoryHandle directory, bool first, NamePredicate wanted)
    {
        try
        {
            return Entries(directory, wanted);
        }
        catch (Exception exception) when (!first && exception is (IOException or UnauthorizedAccessException))
        {
            return null;
        }
    }

    private static DirectoryHandle? TryDescend(DirectoryHandle root, string path)
    {
        try
        {
            return root.TryDescend(path);
        }
        catch (Exception exception) when (path.Length > 0 && exception is (IOException or UnauthorizedAccessException))
        {
            return null;
        }
    }

    private static FileSystemEnumerable<(string Name, bool IsDirectory)> Entries(DirectoryHandle directory, NamePredicate wanted) =>
        new(directory.Path, (ref FileSystemEntry entry) => (entry.FileName.ToString(), entry.IsDirectory), Options)
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) => entry.IsDirectory ? IsInside(ref entry) : wanted(entry.FileName),
        };

    private static bool IsInside(ref FileSystemEntry entry) =>
        !InboxName.IsHidden(entry.FileName) && !entry.Attributes.HasFlag(FileAttributes.ReparsePoint);
}
