using System.Text;
using Etl.Loader.Files;

namespace Etl.Loader.App.PrivatePostgres;

/// <summary>
/// Where a cluster is on disk: below the place asked for, or, where the server's user cannot reach that, elsewhere with a link to it.
/// </summary>
internal sealed class ClusterDirectory
{
    private static readonly string[] Elsewhere = ["/var/lib/etl-loader", "/var/tmp/etl-loader"];

    private const string MadeFor = "made-for";

    private ClusterDirectory(string root, ServerUser user, string? leftover) => (Root, Files, Leftover) = (root, new ClusterFiles(root, user), leftover);

    /// <summary>The real directory, no link.</summary>
    public string Root { get; }

    /// <summary>The only way to what is in it.</summary>
    public ClusterFiles Files { get; }

    /// <summary>A cluster that an earlier, deleted home of the same path left behind; ours to mention, not to delete.</summary>
    public string? Leftover { get; }

    public string Data => Path.Combine(Root, ClusterNames.Data);

    /// <summary>initdb works here; renamed to <see cref="Data"/> when it is complete, so that a killed one leaves no half a cluster.</summary>
    public string DataInMaking => Path.Combine(Root, ClusterNames.DataInMaking);

    public string Settings => Path.Combine(Root, ClusterNames.Settings);

    public string Sockets => Path.Combine(Root, ClusterNames.Sockets);

    public string Log => Path.Combine(Root, ClusterNames.Log);

    public string PortFile => Path.Combine(Root, "port");

    public static async Task<ClusterDirectory> OpenAsync(string place, ServerUser user, CancellationToken token)
    {
        try
        {
            var link = new DirectoryInfo(place);
            if (link.LinkTarget is not null)
            {
                return new ClusterDirectory(Make(link.ResolveLinkTarget(returnFinalTarget: true)!.FullName), user, null);
            }

            var parent = Directory.CreateDirectory(Path.GetDirectoryName(place)!).FullName;
            if (link.Exists || await user.CanReachAsync(parent, token))
            {
                return new ClusterDirectory(Make(place), user, null);
            }

            var leftover = Leftovers(place).FirstOrDefault();
            var root = MakeElsewhere(place);
            Directory.CreateSymbolicLink(place, root);
            return new ClusterDirectory(root, user, leftover);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LoaderException(
                $"The private PostgreSQL cannot use its directory {place}: {e.Message}",
                "Make it writable, or choose another home with --home.",
                e);
        }
    }

    /// <summary>
    /// Writes the settings of the next start and makes an empty directory for the sockets: a lock left there by a killed server keeps the next
    /// one out when its process number is in use again. Only while no server has the cluster.
    /// </summary>
    public void Prepare(int port, IReadOnlyDictionary<string, string> extraSettings)
    {
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        Files.Write(ClusterNames.Settings, ClusterSettings.Write(port, Sockets, memory, extraSettings));
        Files.MakeEmpty(ClusterNames.Sockets);
    }

    private static string MakeElsewhere(string place)
    {
        foreach (var parent in Elsewhere)
        {
            try
            {
                using var directory = OpenElsewhere(parent);
                var name = Path.GetRandomFileName()[..8];
                using var root = directory.DescendMaking(name, ownerOnly: false);
                SmallFile.Write(root, MadeFor, $".{MadeFor}.new", Encoding.UTF8.GetBytes(place), ownerOnly: false);
                return Path.Combine(parent, name);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException && parent != Elsewhere[^1])
            {
                // The next place may do.
            }
        }

        throw new IOException($"none of {string.Join(", ", Elsewhere)} is writable.");
    }

    /// <summary>One of them lies where everyone may make directories: only one that is ours is used.</summary>
    private static DirectoryHandle OpenElsewhere(string path)
    {
        using var parent = DirectoryHandle.Open(Path.GetDirectoryName(path)!);
        parent.TryMake(Path.GetFileName(path), ownerOnly: false);
        var directory = parent.TryDescend(Path.GetFileName(path)) ?? throw new IOException($"{path} is not a directory.");
        if (OwnDirectory.IsOurs(directory.Stat()))
        {
            return directory;
        }

        directory.Dispose();
        throw new IOException($"{path} belongs to another user.");
    }

    private static IEnumerable<string> Leftovers(string place)
    {
        foreach (var parent in Elsewhere.Where(Directory.Exists))
        {
            using var directory = DirectoryHandle.Open(parent);
            foreach (var left in Directory.EnumerateDirectories(parent))
            {
                if (MadeForOf(directory, Path.GetFileName(left)) == place)
                {
                    yield return left;
                }
            }
        }
    }

    private static string? MadeForOf(DirectoryHandle parent, string name)
    {
        try
        {
            using var left = parent.TryDescend(name);
            return left is not null && SmallFile.Read(left, MadeFor, 4096) is { } note ? Encoding.UTF8.GetString(note) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string Make(string directory) => Directory.CreateDirectory(directory).FullName;
}

/// <summary>The names in a cluster's directory.</summary>
internal static class ClusterNames
{
    public const string Data = "data";
    public const string DataInMaking = "data.new";
    public const string Settings = "etl-loader.conf";
    public const string Sockets = "socket";
    public const string Log = "log";
    public const string Version = "PG_VERSION";
}
