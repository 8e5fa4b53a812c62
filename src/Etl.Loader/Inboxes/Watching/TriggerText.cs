using System.Security.Cryptography;
using Etl.Loader.Inboxes.Files;
using Etl.Loader.Inboxes.Triggers;

namespace Etl.Loader.Inboxes.Watching;

/// <summary>The content of a trigger or claim, or why it cannot be read.</summary>
internal sealed record TriggerText(byte[] Content, string? Fault, string? Hint)
{
    /// <summary>Of the content; empty where that cannot be read: once it can, it is another trigger.</summary>
    public string Sha256 => Fault is null ? Convert.ToHexStringLower(SHA256.HashData(Content)) : "";

    /// <summary>Null when there is nothing under the name. Follows no link and opens nothing but a regular file.</summary>
    public static TriggerText? Read(string path, string name)
    {
        switch (FileStat.Of(path))
        {
            case null:
                return null;
            case { Kind: FileKind.Regular, Bytes: 0 }:
                return new TriggerText([], null, null);
            case { Kind: FileKind.Regular, Bytes: > ManifestReader.MaxBytes } large:
                return Unusable(
                    $"The trigger {Shown.Name(name)} has {large.Bytes} bytes; a manifest has at most {ManifestReader.MaxBytes}.",
                    "A trigger is empty or a short JSON text; deliver data under a name that does not end in .trigger.");
            case { Kind: FileKind.Regular }:
                break;
            default:
                return Unusable($"The trigger {Shown.Name(name)} is a link, pipe or device; expected a regular file.", "Create the trigger as a file (touch).");
        }

        try
        {
            return new TriggerText(File.ReadAllBytes(path), null, null);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (UnauthorizedAccessException)
        {
            return Unusable(
                $"The trigger {Shown.Name(name)} cannot be read: permission denied.", $"Let the user {Environment.UserName} read it, then deliver it again.");
        }
    }

    /// <summary>False while the text is no JSON; a writer may not have finished.</summary>
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
            // It is JSON, only wrong: waiting would not mend it.
        }

        return true;
    }

    private static TriggerText Unusable(string fault, string hint) => new([], fault, hint);
}
