using Etl.Loader.Files;
using Etl.Loader.Inboxes.Files;
using Etl.Loader.Ledger;
using Microsoft.Extensions.Logging;

namespace Etl.Loader.Inboxes;

/// <summary>
/// Does what the inbox's <c>AfterLoad</c> says. A file that is no longer the one that was loaded is left alone. All of it happens in the file's directory and in
/// the archive as they were opened: no link leads it elsewhere.
/// </summary>
internal static class Clearance
{
    public static void Apply(Inbox inbox, LoadId load, LoadSpec spec, ILogger logger)
    {
        var after = AfterLoad.Parse(inbox.Options.AfterLoad);
        if (after is null or { Action: AfterLoadAction.Keep })
        {
            return;
        }

        using var root = inbox.Open();
        foreach (var file in spec.Files)
        {
            try
            {
                Clear(inbox, root, load, file, after);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                Log.NotCleared(logger, load, inbox.Name, inbox.Options.AfterLoad, file.Path, exception.Message);
            }
        }
    }

    private static void Clear(Inbox inbox, DirectoryHandle root, LoadId load, DataFile file, AfterLoad after)
    {
        var (parent, name) = Split(file.Path);
        using var directory = root.TryDescend(parent);
        if (directory is null || !IsSame(directory, name, file))
        {
            return;
        }

        // Taken aside before the last look: a new delivery renamed into place meanwhile is put back, never removed.
        var aside = InboxName.AsideOf(load);
        if (!directory.TryRename(name, directory, aside))
        {
            return;
        }

        if (!IsSame(directory, aside, file))
        {
            directory.TryRename(aside, directory, name, replace: false);
        }
        else if (after.Action == AfterLoadAction.Delete)
        {
            directory.TryDelete(aside);
        }
        else
        {
            Archive(inbox, root, directory, load, file, after, aside);
        }
    }

    private static void Archive(Inbox inbox, DirectoryHandle root, DirectoryHandle directory, LoadId load, DataFile file, AfterLoad after, string aside)
    {
        var (parent, name) = Split(file.Path);
        try
        {
            // The load's id keeps deliveries of one name apart.
            using var archive = OpenArchive(inbox, root, after);
            using var archived = archive.DescendMaking($"{load}/{parent}", ownerOnly: false);
            directory.TryRename(aside, archived, name);
            if (!IsSame(archived, name, file))
            {
                // Exchanged at the last moment. What it is now stays in the inbox, where it came from.
                archived.TryRename(name, directory, aside, replace: false);
                directory.TryRename(aside, directory, name, replace: false);
            }
        }
        catch
        {
            directory.TryRename(aside, directory, name, replace: false);
            throw;
        }
    }

    /// <summary>One inside the inbox is beneath it, as anything there; one elsewhere is the operator's, who may have made links on the way to it.</summary>
    private static DirectoryHandle OpenArchive(Inbox inbox, DirectoryHandle root, AfterLoad after)
    {
        if (inbox.ArchiveInside is { } inside)
        {
            return root.DescendMaking(inside, ownerOnly: false);
        }

        var path = Path.GetFullPath(after.Directory!, inbox.Root);
        Directory.CreateDirectory(path);
        return DirectoryHandle.Open(path);
    }

    private static (string Parent, string Name) Split(string path)
    {
        var slash = path.LastIndexOf('/');
        return (slash < 0 ? "" : path[..slash], path[(slash + 1)..]);
    }

    private static bool IsSame(DirectoryHandle directory, string name, DataFile file) =>
        directory.Stat(name) is { Kind: FileKind.Regular } stat && stat.Bytes == file.Bytes && stat.ModifiedAt == file.ModifiedAt;
}
