using System.Globalization;
using System.Text.RegularExpressions;

namespace Etl.Loader.App.PrivatePostgres;

/// <summary>The server programs of one PostgreSQL installation.</summary>
/// <param name="Directory">Holds <c>initdb</c>, <c>postgres</c> and <c>pg_ctl</c>.</param>
internal sealed partial record PostgresBinaries(string Directory, int Major)
{
    public const int OldestMajor = 14;

    public const string InstallHint =
        "Install the server programs (Debian, Ubuntu: apt-get install postgresql; Red Hat: dnf install postgresql-server; macOS: brew install postgresql@17), " +
        "put them on PATH, or set ConnectionStrings:Queue.";

    private static readonly string[] Needed = ["initdb", "postgres", "pg_ctl"];

    private static readonly string[] UsualPlaces =
    [
        "/usr/lib/postgresql/*/bin",
        "/usr/pgsql-*/bin",
        "/usr/local/pgsql/bin",
        "/opt/homebrew/opt/postgresql@*/bin",
        "/usr/local/opt/postgresql@*/bin",
    ];

    public string InitDb => Path.Combine(Directory, "initdb");

    public string PgCtl => Path.Combine(Directory, "pg_ctl");

    /// <summary>Every usable installation of this machine, newest first; one of each major version.</summary>
    public static async Task<IReadOnlyList<PostgresBinaries>> FindAsync(CancellationToken token)
    {
        var onPath = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return await FindAsync(onPath.Concat(UsualPlaces.SelectMany(Expand)), token);
    }

    /// <summary>As <see cref="FindAsync(CancellationToken)"/>, in the given directories only.</summary>
    public static async Task<IReadOnlyList<PostgresBinaries>> FindAsync(IEnumerable<string> directories, CancellationToken token)
    {
        var found = new Dictionary<int, PostgresBinaries>();
        foreach (var directory in directories.Distinct(StringComparer.Ordinal).Where(IsComplete))
        {
            var version = await ExternalProgram.RunAsync(Path.Combine(directory, "postgres"), ["--version"], token);
            if (version.ExitCode == 0 && ParseMajor(version.Output) is >= OldestMajor and var major)
            {
                found.TryAdd(major, new PostgresBinaries(directory, major));
            }
        }

        return [.. found.Values.OrderByDescending(b => b.Major)];
    }

    /// <summary>The major version in what <c>postgres --version</c> prints; null when it prints something else.</summary>
    internal static int? ParseMajor(string printed) =>
        VersionNumber().Match(printed) is { Success: true } match ? int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : null;

    private static bool IsComplete(string directory) =>
        Path.IsPathRooted(directory)
        && Needed.All(program => File.Exists(Path.Combine(directory, program)));

    private static IEnumerable<string> Expand(string place)
    {
        var star = place.IndexOf('*', StringComparison.Ordinal);
        if (star < 0)
        {
            return [place];
        }

        var parent = Path.GetDirectoryName(place[..star])!;
        var pattern = Path.GetFileName(place[..star]) + "*";
        var rest = place[(star + 2)..];
        return System.IO.Directory.Exists(parent)
            ? System.IO.Directory.EnumerateDirectories(parent, pattern).Select(match => Path.Combine(match, rest))
            : [];
    }

    [GeneratedRegex(@"\(PostgreSQL\) (\d+)")]
    private static partial Regex VersionNumber();
}
