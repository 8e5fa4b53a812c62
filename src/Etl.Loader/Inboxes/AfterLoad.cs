using Etl.Loader.Inboxes.Files;

namespace Etl.Loader.Inboxes;

internal enum AfterLoadAction
{
    Keep,
    Delete,
    Archive,
}

/// <summary>What becomes of the data files once their load is loaded. The only thing that ever touches a producer's file.</summary>
/// <param name="Directory">For <see cref="AfterLoadAction.Archive"/>: absolute, or relative to the inbox.</param>
internal sealed record AfterLoad(AfterLoadAction Action, string? Directory)
{
    private const string ArchivePrefix = "archive:";

    /// <summary>Null when the text is none of "keep", "delete" and "archive:DIR".</summary>
    public static AfterLoad? Parse(string text) => text switch
    {
        "keep" => new(AfterLoadAction.Keep, null),
        "delete" => new(AfterLoadAction.Delete, null),
        _ when text.StartsWith(ArchivePrefix, StringComparison.Ordinal) && text.Length > ArchivePrefix.Length =>
            new(AfterLoadAction.Archive, text[ArchivePrefix.Length..]),
        _ => null,
    };

    public string? ArchiveInside(string root)
    {
        if (Directory is null)
        {
            return null;
        }

        var full = Path.GetFullPath(Directory, root);
        return RealPath.IsBelow(full, Path.GetFullPath(root)) ? Path.GetRelativePath(root, full).Replace(Path.DirectorySeparatorChar, '/') : null;
    }
}
