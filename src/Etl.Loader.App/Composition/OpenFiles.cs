using System.Globalization;

namespace Etl.Loader.App.Composition;

/// <summary>
/// How many files and connections this process may have open at once, by the limit of its system (ulimit -n). Browsers and programs get what databases, data
/// files and the runtime do not need: anyone who opens connections and leaves them idle keeps other browsers waiting, and nothing else.
/// </summary>
internal static class OpenFiles
{
    public const string ConnectionsKey = "Loader:Http:MaxConnections";

    /// <summary>Databases, data files, watches of directories and the runtime itself: a fresh `up` has some 320 open.</summary>
    public const int Reserved = 448;

    /// <summary>A browser opens six, and there is more than one.</summary>
    public const int LeastConnections = 64;

    public const int Needed = Reserved + LeastConnections;

    private const int UsualConnections = 1000;
    private const string Limits = "/proc/self/limits";
    private const string Line = "Max open files";

    /// <summary>Throws <see cref="LoaderException"/> where the limit is too low to start.</summary>
    public static void Require(long? limit)
    {
        if (limit is { } files && files < Needed)
        {
            throw new LoaderException(
                string.Create(CultureInfo.InvariantCulture, $"This process may open {Amounts.Counted(files, "file")} at once; it needs {Needed}."),
                string.Create(CultureInfo.InvariantCulture, $"Raise the limit: `ulimit -n {4 * Needed}` in a shell, LimitNOFILE={4 * Needed} for systemd, --ulimit nofile={4 * Needed} for Docker; then start it again."));
        }
    }

    /// <param name="configured">As the operator wrote it; null: as many as there is room for, up to 1000.</param>
    public static int Connections(int? configured, long? limit)
    {
        var room = limit is { } files ? Math.Max(LeastConnections, files - Reserved) : int.MaxValue;
        return (int)Math.Min(configured ?? UsualConnections, room);
    }

    /// <summary>The limit of this process; null where the system shows none.</summary>
    public static long? Allowed() => File.Exists(Limits) ? Read(File.ReadAllLines(Limits)) : null;

    /// <summary>The soft limit, which the runtime has raised to the hard one.</summary>
    internal static long? Read(IEnumerable<string> lines) =>
        lines.FirstOrDefault(line => line.StartsWith(Line, StringComparison.Ordinal)) is { } found
        && long.TryParse(found[Line.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], NumberStyles.None, CultureInfo.InvariantCulture, out var limit)
            ? limit
            : null;
}
