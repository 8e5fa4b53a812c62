using Etl.Loader.Files;

namespace Etl.Loader.App.Homes;

/// <summary>What lies where below the home of an <c>up</c>.</summary>
internal sealed class HomeLayout(string root)
{
    public const string Variable = "ETL_LOADER_HOME";
    private const string Default = ".etl-loader";

    public string Root { get; } = Path.GetFullPath(root);

    public string Ready => Path.Combine(Root, "ready.json");

    public string Lock => Path.Combine(Root, "lock");

    public string ProcessIdFile => Path.Combine(Root, "pid");

    public string Postgres => Path.Combine(Root, "postgres");

    public string PasswordFile => Path.Combine(Root, "pgpass");

    public string Lake => Path.Combine(Root, "lake.duckdb");

    /// <summary>There once the samples were dropped or declined.</summary>
    public string SamplesDone => Path.Combine(Root, "samples-done");

    public string Inbox(string name) => Path.Combine(Root, "inbox", name);

    /// <summary>The option's value, otherwise the variable's, otherwise <c>.etl-loader</c> in the current directory.</summary>
    public static HomeLayout Choose(string? option) => option is { Length: 0 }
        ? throw new LoaderException("--home is empty; expected the path of a directory.", $"Name the directory, or leave --home out: then {Variable} or ./{Default} is used.")
        : new(option ?? (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given ? given : Default));

    /// <summary>Throws <see cref="LoaderException"/> where the directories cannot be made.</summary>
    public void Create()
    {
        try
        {
            Directory.CreateDirectory(Root);
            RefuseOthers();
            Directory.CreateDirectory(Inbox(HomeDefaults.Warehouse));
            Directory.CreateDirectory(Inbox(HomeDefaults.Lake));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new LoaderException($"The home {Root} cannot be created: {fault.Message}", "Make it writable, or choose another one with --home.", fault);
        }
    }

    /// <summary>
    /// DuckDB makes its files readable for all that the process's umask lets in: from here on no one but the user and the group. One that is there already,
    /// made by an earlier version, is closed too.
    /// </summary>
    public void CloseLake()
    {
        ProcessMask.KeepOthersOut();
        if (!OperatingSystem.IsWindows() && File.Exists(Lake))
        {
            File.SetUnixFileMode(Lake, File.GetUnixFileMode(Lake) & ~(UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute));
        }
    }

    /// <summary>Anyone who owns the home could exchange what we write there, and have it written elsewhere with our rights.</summary>
    private void RefuseOthers()
    {
        using var home = DirectoryHandle.Open(Root);
        if (home.Stat() is var stat && stat.Owner != 0 && !OwnDirectory.IsOurs(stat))
        {
            throw new LoaderException(
                $"The home {Root} belongs to another user (number {stat.Owner}).", "Run `up` as that user, or choose another home with --home.");
        }
    }
}
