using System.IO.Enumeration;
using Etl.Loader.Inboxes.Files;

namespace Etl.Loader.Inboxes.Watching;

/// <summary>Looks through an inbox. Only names that mean something become objects, so that a directory of many data files costs little.</summary>
internal static class InboxScan
{
    // Hidden files are left out by name below; errors in one directory (gone meanwhile, no permission) must not hide the others.
    private static readonly EnumerationOptions Options = new() { AttributesToSkip = FileAttributes.None, IgnoreInaccessible = true };

    /// <summary>Triggers and claims, relative paths, in no order.</summary>
    public static IEnumerable<string> Triggers(Inbox inbox, string below = "") =>
        Find(inbox, below, name => InboxName.IsTrigger(name) || InboxName.IsClaim(name));

    public static IEnumerable<string> QueuedMarkers(Inbox inbox) => Find(inbox, "", InboxName.IsQueued);

    public static IEnumerable<string> LoadedMarkers(Inbox inbox) => Find(inbox, "", InboxName.IsLoaded);

    /// <summary>Names of the directories right below that are looked into: not hidden, no links.</summary>
    public static IReadOnlyList<string> Directories(string directory)
    {
        try
        {
            return [.. new FileSystemEnumerable<string>(directory, (ref FileSystemEntry entry) => entry.FileName.ToString(), Options)
            {
                ShouldIncludePredicate = IsInside,
            }];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private delegate bool NamePredicate(ReadOnlySpan<char> fileName);

    private static FileSystemEnumerable<string> Find(Inbox inbox, string below, NamePredicate wanted)
    {
        var root = inbox.RealRoot();
        var archive = inbox.ArchiveInside;
        var options = new EnumerationOptions
        {
            AttributesToSkip = Options.AttributesToSkip,
            IgnoreInaccessible = true,
            RecurseSubdirectories = inbox.Options.Recursive,
        };
        return new FileSystemEnumerable<string>(Path.Combine(root, below), (ref FileSystemEntry entry) => Relative(root, ref entry), options)
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) => wanted(entry.FileName) && !entry.IsDirectory,
            ShouldRecursePredicate = (ref FileSystemEntry entry) => IsInside(ref entry) && Relative(root, ref entry) != archive,
        };
    }

    private static bool IsInside(ref FileSystemEntry entry) =>
        entry.IsDirectory && !InboxName.IsHidden(entry.FileName) && !entry.Attributes.HasFlag(FileAttributes.ReparsePoint);

    private static string Relative(string root, ref FileSystemEntry entry)
    {
        var directory = entry.Directory[root.Length..].TrimStart(Path.DirectorySeparatorChar);
        var path = directory.Length == 0 ? entry.FileName.ToString() : Path.Join(directory, entry.FileName);
        return Path.DirectorySeparatorChar == '/' ? path : path.Replace(Path.DirectorySeparatorChar, '/');
    }
}
