using System.Security.Cryptography;
using Etl.Loader.Files;
using Etl.Loader.Inboxes.Triggers;
using Microsoft.Win32.SafeHandles;

namespace Etl.Loader.Inboxes.Watching;

/// <summary>The content of a trigger or claim, or why it cannot be read.</summary>
internal sealed record TriggerText(byte[] Content, string? Fault, string? Hint)
{
    /// <summary>Of the content; empty where that cannot be read: once it can, it is another trigger.</summary>
    public string Sha256 => Fault is null ? Convert.ToHexStringLower(SHA256.HashData(Content)) : "";

    /// <summary>Null when there is nothing under the name. Follows no link, waits for no writer and reads nothing but a regular file.</summary>
    /// <param name="path">Under which it lies; the name that people know it by is <paramref name="name"/>.</param>
    public static TriggerText? Read(DirectoryHandle inbox, string path, string name) => Read(inbox, path, name, out _);

    /// <inheritdoc cref="Read(DirectoryHandle, string, string)"/>
    /// <param name="stat">Of what was read: no one can have exchanged it in between. Where nothing could be opened, of what is there.</param>
    public static TriggerText? Read(DirectoryHandle inbox, string path, string name, out FileStat stat)
    {
        try
        {
            using var file = inbox.TryOpenFile(path, out stat);
            return file is null ? null : Read(file, stat, name);
        }
        catch (UnauthorizedAccessException)
        {
            stat = inbox.StatInside(path) ?? default;
            return Unusable(
                $"The trigger {Shown.Name(name)} cannot be read: permission denied.", $"Let the user {Environment.UserName} read it, then deliver it again.");
        }
        catch (Exception exception) when (exception is SymbolicLinkException or NotRegularFileException)
        {
            // Behind a directory that is a link by now there is nothing.
            var there = inbox.StatInside(path);
            stat = there ?? default;
            return there is null ? null : Unusable($"The trigger {Shown.Name(name)} is a link, pipe or device; expected a regular file.", "Create the trigger as a file (touch).");
        }
    }

    private static TriggerText Read(SafeFileHandle file, FileStat stat, string name)
    {
        var content = stat.Bytes is > 0 and <= ManifestReader.MaxBytes ? SmallFile.Read(file, ManifestReader.MaxBytes) : [];
        return stat.Bytes <= ManifestReader.MaxBytes && content.Length <= ManifestReader.MaxBytes
            ? new TriggerText(content, null, null)
            : Unusable(
                $"The trigger {Shown.Name(name)} has {Amounts.Counted(Math.Max(stat.Bytes, content.Length), "byte")}; a manifest has at most {ManifestReader.MaxBytes}.",
                "A trigger is empty or a short JSON text; deliver data under a name that does not end in .trigger.");
    }

    /// <summary>False while the text is not JSON; a writer may not have finished.</summary>
    public bool Parses()
    {
        try
        {
            _ = ManifestReader.Read(Content);
        }
        catch (ManifestSyntaxException)
        {
            return false;
        }
        catch (LoaderException)
        {
            // It is JSON, only wrong: waiting does not fix it.
        }

        return true;
    }

    private static TriggerText Unusable(string fault, string hint) => new([], fault, hint);
}
