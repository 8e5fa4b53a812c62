namespace Etl.Loader.Targets.DuckDb.Files;

/// <summary>
/// The directory beside a database file that only our user can read: DuckDB's temporary files, and the links by which DuckDB is given data
/// files. DuckDB expands names with <c>[ ] * ?</c> as patterns, so it never sees a producer's name.
/// </summary>
internal sealed class PrivateDirectory
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private readonly string _root;

    private PrivateDirectory(string root) => _root = root;

    public static PrivateDirectory Of(string databasePath) => new(databasePath + ".etl-loader");

    /// <summary>Elsewhere, where the operator wants temporary files.</summary>
    public static PrivateDirectory At(string path) => new(path);

    /// <summary>A directory inside, made where missing; returns its path.</summary>
    public string MakeFor(string purpose)
    {
        var path = Path.Combine(_root, purpose);
        Make(_root);
        Make(path);
        return path;
    }

    /// <summary>Removes what dead processes left. Only for the holder of the lane, before it stages anything.</summary>
    public void Clean()
    {
        if (Directory.Exists(_root))
        {
            Directory.Delete(_root, recursive: true);
        }
    }

    /// <summary>Links to data files under names of ours; disposing removes them.</summary>
    public PrivateLinks Link(IEnumerable<string> files, TimeProvider time)
    {
        var directory = Path.Combine(MakeFor("links"), Guid.CreateVersion7(time.GetUtcNow()).ToString("N"));
        Make(directory);
        return new PrivateLinks(directory, [.. files], time);
    }

    private static void Make(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, OwnerOnly);
        }
    }
}

/// <summary>Symbolic links of one load.</summary>
internal sealed class PrivateLinks : IDisposable
{
    private readonly string _directory;

    public PrivateLinks(string directory, IReadOnlyList<string> files, TimeProvider time)
    {
        _directory = directory;
        Patterns = [.. files.Select(file => LinkTo(file, time))];
    }

    /// <summary>The links in the files' order, spelled so that DuckDB's pattern expansion finds exactly the link.</summary>
    public IReadOnlyList<string> Patterns { get; }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private string LinkTo(string file, TimeProvider time)
    {
        var link = Path.Combine(_directory, Guid.CreateVersion7(time.GetUtcNow()).ToString("N"));
        File.CreateSymbolicLink(link, file);
        return AsPattern(link);
    }

    // The operator's directory may have such characters in its name too; as a class of one character each stands for itself.
    internal static string AsPattern(string path) =>
        string.Concat(path.Select(c => c is '[' or '*' or '?' ? $"[{c}]" : c.ToString()));
}
