using Etl.Loader.Files;

namespace Etl.Loader.Targets.DuckDb.Files;

/// <summary>The directory for DuckDB's temporary files: beside a database file, or where the operator wants it. Only our user can enter it.</summary>
internal sealed class PrivateDirectory
{
    private readonly string _root;

    private PrivateDirectory(string root) => _root = Path.TrimEndingDirectorySeparator(root);

    public static PrivateDirectory Of(string databasePath) => new(databasePath + ".etl-loader");

    /// <summary>Elsewhere, where the operator wants temporary files.</summary>
    public static PrivateDirectory At(string path) => new(path);

    /// <summary>A directory inside, made where missing; returns its path. Throws <see cref="IOException"/> where someone else owns it.</summary>
    public string MakeFor(string purpose)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_root)!);
        using var root = OwnDirectory.Make(_root);
        using var made = OwnDirectory.Make(root, purpose, Path.Combine(_root, purpose));
        return Path.Combine(_root, purpose);
    }

    /// <summary>
    /// Removes what dead processes left, and nothing that is another user's. Only for the holder of the lane, before it stages anything.
    /// </summary>
    public void Clean() => OwnDirectory.Remove(_root);
}
