using Etl.Loader.Inboxes.Files;
using Etl.Loader.Ledger;
using Microsoft.Extensions.Logging;

namespace Etl.Loader.Inboxes;

/// <summary>Does what the inbox's <c>AfterLoad</c> says. A file that is no longer the one that was loaded is left alone.</summary>
internal static class Clearance
{
    public static void Apply(Inbox inbox, LoadId load, LoadSpec spec, ILogger logger)
    {
        var after = AfterLoad.Parse(inbox.Options.AfterLoad);
        if (after is null or { Action: AfterLoadAction.Keep })
        {
            return;
        }

        foreach (var file in spec.Files)
        {
            try
            {
                Clear(inbox, load, file, after);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                Log.NotCleared(logger, load, inbox.Name, inbox.Options.AfterLoad, file.Path, exception.Message);
            }
        }
    }

    private static void Clear(Inbox inbox, LoadId load, DataFile file, AfterLoad after)
    {
        var path = inbox.FullPath(file.Path);
        if (!IsSame(path, file))
        {
            return;
        }

        // Taken aside before the last look: a new delivery renamed into place meanwhile is put back, never removed.
        var aside = Path.Combine(Path.GetDirectoryName(path)!, $".etl-loader-{load}-{Guid.CreateVersion7():N}.tmp");
        if (!AtomicRename.Try(path, aside))
        {
            return;
        }

        if (!IsSame(aside, file))
        {
            File.Move(aside, path, overwrite: false);
        }
        else if (after.Action == AfterLoadAction.Delete)
        {
            File.Delete(aside);
        }
        else
        {
            Archive(inbox, load, file, after, aside, path);
        }
    }

    private static void Archive(Inbox inbox, LoadId load, DataFile file, AfterLoad after, string aside, string path)
    {
        // The load's id keeps deliveries of one name apart.
        var archived = Path.Combine(Path.GetFullPath(after.Directory!, inbox.Root), load.ToString(), file.Path);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(archived)!);
            AtomicRename.Try(aside, archived);
        }
        catch
        {
            File.Move(aside, path, overwrite: false);
            throw;
        }
    }

    private static bool IsSame(string path, DataFile file) =>
        FileStat.Of(path) is { Kind: FileKind.Regular } stat && stat.Bytes == file.Bytes && stat.ModifiedAt == file.ModifiedAt;
}
