using System.IO.Enumeration;
using Etl.Loader.Files;
using Etl.Loader.Inboxes.Files;
using Etl.Loader.Ledger;
using Etl.Loader.Survey;

namespace Etl.Loader.Inboxes.Triggers;

/// <summary>
/// Finds the data files that a trigger names, and lets none out of the inbox: no <c>..</c>, no absolute path, no link to the outside, also
/// through directories. What is found is a regular file that was opened beneath the inbox, and the file that is read later is that one.
/// </summary>
internal sealed class DatasetFiles(Inbox inbox) : IDisposable
{
    private const int MaxFiles = 10_000;

    /// <summary>Each reads directories again.</summary>
    private const int MaxPatterns = 100;

    /// <summary>The longest path that Linux opens.</summary>
    private const int MaxPath = 4096;

    private readonly DirectoryHandle _root = inbox.Open();

    public void Dispose() => _root.Dispose();

    /// <summary>The file that an empty trigger speaks of.</summary>
    public IReadOnlyList<DataFile> Single(string dataset) => !IsThere(dataset)
        ? throw new DatasetException(
            $"There is no data file {Shown.Name(dataset)} for the trigger {Shown.Name(dataset + InboxName.Trigger)}.",
            "Write the data file first and create the trigger last; or name the files in the trigger: { \"files\": [\"…\"] }.",
            dataset)
        : [Describe(dataset)];

    /// <summary>Expands names and patterns, relative to the trigger's directory; sorted, each file once.</summary>
    public IReadOnlyList<DataFile> Expand(string dataset, IReadOnlyList<string> names, CancellationToken token)
    {
        if (names.Count > MaxFiles || names.Count(Glob.IsPattern) > MaxPatterns)
        {
            throw new DatasetException(
                $"The trigger's \"files\" has {Amounts.Counted(names.Count, "entry", "entries")}, {names.Count(Glob.IsPattern)} of them patterns; at most {MaxFiles} and {MaxPatterns} are allowed.",
                "Use fewer patterns, or deliver the files as several datasets.");
        }

        var directory = dataset.Contains('/', StringComparison.Ordinal) ? dataset[..(dataset.LastIndexOf('/') + 1)] : "";
        var paths = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var name in names)
        {
            token.ThrowIfCancellationRequested();
            RefuseUnsafe(name);
            var path = directory + name;
            if (!Glob.IsPattern(name) || IsThere(path))
            {
                // A file whose name looks like a pattern and that exists is meant as it is.
                paths.Add(path);
                continue;
            }

            var before = paths.Count;
            paths.UnionWith(Match(path, token));
            if (paths.Count == before && !paths.Any(p => Glob.Matches(path, p)))
            {
                throw new DatasetException(
                    $"The pattern {Shown.Name(name)} in the trigger's \"files\" matches no file in {Shown.Name(directory.Length == 0 ? "." : directory)}.",
                    "Write the data files first and create the trigger last; patterns support '*', '?' and '[…]', and none of these matches '/'.");
            }

            if (paths.Count > MaxFiles)
            {
                throw new DatasetException($"The trigger's \"files\" name more than {Amounts.Counted(MaxFiles, "file")}.", "Deliver them as several datasets.");
            }
        }

        return [.. paths.Select(path =>
        {
            token.ThrowIfCancellationRequested();
            return Describe(path);
        })];
    }

    /// <summary>The file as it is now. Throws <see cref="DatasetException"/> for what cannot be loaded.</summary>
    public DataFile Describe(string path) => Describe(path, Find(path));

    public static DataFile Describe(string path, SourceFile file) => new(path, file.Pin!.Found.Bytes, file.Pin.Found.ModifiedAt);

    /// <summary>The file, to be opened as the one that is there now. Throws <see cref="DatasetException"/> for what cannot be loaded.</summary>
    public SourceFile Find(string path)
    {
        RefuseUnsafe(path);
        if (path.Split('/').Any(segment => InboxName.IsHidden(segment)) || InboxName.IsOurs(Path.GetFileName(path)))
        {
            throw new DatasetException(
                $"{Shown.Name(path)} is not a data file: hidden files, triggers and markers are never loaded.",
                "Deliver the data under another name.",
                path);
        }

        var inside = path;
        try
        {
            for (var followed = false; ; followed = true)
            {
                try
                {
                    using var opened = _root.TryOpenFile(inside, out var stat) ?? throw Missing(path);
                    return new SourceFile(path, Path.Combine(inbox.Root, inside)) { Pin = new PinnedFile(inbox.Root, inside, stat) };
                }
                catch (SymbolicLinkException) when (!followed)
                {
                    inside = Inside(path, "data file");
                }
                catch (SymbolicLinkException)
                {
                    throw Missing(path);
                }
            }
        }
        catch (UnauthorizedAccessException exception)
        {
            throw Unreadable(path, exception);
        }
        catch (NotRegularFileException exception)
        {
            throw new DatasetException(
                $"The data file {Shown.Name(path)} is {exception.What}; expected a regular file.", "Deliver the data as a regular file.", path, inner: exception);
        }
    }

    /// <summary>Anything, a link too.</summary>
    private bool IsThere(string path)
    {
        try
        {
            return _root.Stat(path) is not null;
        }
        catch (SymbolicLinkException)
        {
            // One that leads out is there so that the message can say so.
            return !Links.TryResolve(_root, inbox.Root, path, out var inside) || _root.StatInside(inside) is not null;
        }
    }

    /// <summary>The path with its links replaced by what they say, as long as they stay inside.</summary>
    private string Inside(string path, string what) => Links.TryResolve(_root, inbox.Root, path, out var inside)
        ? inside
        : throw new DatasetException(
            $"The {what} {Shown.Name(path)} leads out of the inbox {inbox.Name} through a symbolic link.",
            "Copy or hard-link the data into the inbox; links to the outside are never followed.",
            path);

    private static DatasetException Missing(string path) => new(
        $"The data file {Shown.Name(path)} does not exist.", "Deliver the file again, then its trigger.", path);

    private static DatasetException Unreadable(string path, Exception exception) => new(
        $"The data file {Shown.Name(path)} cannot be read: permission denied.",
        $"Let the user {Environment.UserName} read it (for instance chmod a+r), then deliver the trigger again.",
        path,
        inner: exception);

    /// <summary>Throws <see cref="DatasetException"/> for what may lead elsewhere, before anything is asked of the file system.</summary>
    public static void RefuseUnsafe(string name)
    {
        if (name.Length > MaxPath)
        {
            throw new DatasetException($"The path {Shown.Name(name)} has {Amounts.Counted(name.Length, "character")}; at most {MaxPath} are allowed.", "Name files inside the inbox only.");
        }

        if (name.StartsWith('/') || Path.IsPathRooted(name))
        {
            throw new DatasetException(
                $"The path {Shown.Name(name)} is absolute; expected one relative to the trigger's directory.", "Name files inside the inbox only.");
        }

        if (name.Contains('\0', StringComparison.Ordinal) || name.Split('/').Any(segment => segment is "" or "." or ".."))
        {
            throw new DatasetException(
                $"The path {Shown.Name(name)} leaves its directory or has empty parts; expected names without '.', '..' and '//'.",
                "Name files inside the inbox only.");
        }
    }

    /// <summary>Walks the pattern segment by segment, so that only directories that fit are read.</summary>
    private IEnumerable<string> Match(string pattern, CancellationToken token)
    {
        IEnumerable<string> found = [""];
        var segments = pattern.Split('/');
        for (var i = 0; i < segments.Length; i++)
        {
            var segment = segments[i];
            var last = i == segments.Length - 1;
            found = found.SelectMany(parent => Glob.IsPattern(segment) ? List(parent, segment, last, token) : [parent + segment + (last ? "" : "/")]).ToList();
        }

        return found.Where(path =>
        {
            token.ThrowIfCancellationRequested();
            return IsThere(path);
        });
    }

    private List<string> List(string parent, string pattern, bool files, CancellationToken token)
    {
        using var directory = TryDescend(parent.TrimEnd('/'));
        if (directory is null)
        {
            return [];
        }

        var options = new EnumerationOptions { AttributesToSkip = FileAttributes.None, RecurseSubdirectories = false };
        var found = new FileSystemEnumerable<string>(
            directory.Path, (ref FileSystemEntry entry) => parent + entry.FileName.ToString() + (files ? "" : "/"), options)
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) =>
            {
                token.ThrowIfCancellationRequested();
                return entry.IsDirectory != files && !InboxName.IsOurs(entry.FileName) && Glob.Matches(pattern, entry.FileName);
            },
        };
        return [.. found];
    }

    /// <summary>Not even the names of what is outside are looked at.</summary>
    private DirectoryHandle? TryDescend(string path)
    {
        try
        {
            return _root.TryDescend(path);
        }
        catch (SymbolicLinkException)
        {
            return _root.TryDescend(Inside(path, "directory"));
        }
    }
}
