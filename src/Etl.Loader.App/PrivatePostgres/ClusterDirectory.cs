namespace Etl.Loader.App.PrivatePostgres;

/// <summary>
/// Where a cluster lies on disk: below the place asked for, or, where the server's user cannot reach that, elsewhere with a link to it.
/// </summary>
internal sealed class ClusterDirectory
{
    private static readonly string[] Elsewhere = ["/var/lib/etl-loader", "/var/tmp/etl-loader"];

    private ClusterDirectory(string root, string? leftover) => (Root, Leftover) = (root, leftover);

    /// <summary>The real directory, no link.</summary>
    public string Root { get; }

    /// <summary>A cluster that an earlier, deleted home of the same path left behind; ours to mention, not to delete.</summary>
    public string? Leftover { get; }

    public string Data => Path.Combine(Root, "data");

    /// <summary>initdb works here; renamed to <see cref="Data"/> when it is complete, so that a killed one leaves no half a cluster.</summary>
    public string DataInMaking => Path.Combine(Root, "data.new");

    public string Settings => Path.Combine(Root, "etl-loader.conf");

    public string Sockets => Path.Combine(Root, "socket");

    public string Log => Path.Combine(Root, "log");

    public string PortFile => Path.Combine(Root, "port");

    public static async Task<ClusterDirectory> OpenAsync(string place, ServerUser user, CancellationToken token)
    {
        try
        {
            var link = new DirectoryInfo(place);
            if (link.LinkTarget is not null)
            {
                return new ClusterDirectory(Make(link.ResolveLinkTarget(returnFinalTarget: true)!.FullName), null);
            }

            var parent = Directory.CreateDirectory(Path.GetDirectoryName(place)!).FullName;
            if (link.Exists || await user.CanReachAsync(parent, token))
            {
                return new ClusterDirectory(Make(place), null);
            }

            var leftover = Leftovers(place).FirstOrDefault();
            var root = MakeElsewhere(place);
            Directory.CreateSymbolicLink(place, root);
            return new ClusterDirectory(root, leftover);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LoaderException(
                $"The private PostgreSQL cannot have its directory {place}: {e.Message}",
                "Make it writable, or choose another home with --home.",
                e);
        }
    }

    /// <summary>
    /// Writes the settings of the next start and makes an empty directory for the sockets: a lock left there by a killed server keeps the next
    /// one out when its process number is in use again. Only while no server has the cluster.
    /// </summary>
    public async Task PrepareAsync(int port, ServerUser user, IReadOnlyDictionary<string, string> extraSettings, CancellationToken token)
    {
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        await File.WriteAllTextAsync(Settings, ClusterSettings.Write(port, Sockets, memory, extraSettings), token);
        await user.GiveAsync(Settings, token);
        if (Directory.Exists(Sockets))
        {
            Directory.Delete(Sockets, recursive: true);
        }

        Directory.CreateDirectory(Sockets);
        await user.GiveAsync(Sockets, token);
    }

    private static string MakeElsewhere(string place)
    {
        foreach (var parent in Elsewhere)
        {
            try
            {
                Directory.CreateDirectory(parent);
                var root = Make(Path.Combine(parent, Path.GetRandomFileName()[..8]));
                File.WriteAllText(Path.Combine(root, "made-for"), place);
                return root;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException && parent != Elsewhere[^1])
            {
                // The next place may do.
            }
        }

        throw new IOException($"none of {string.Join(", ", Elsewhere)} is writable.");
    }

    private static IEnumerable<string> Leftovers(string place) =>
        Elsewhere.Where(Directory.Exists)
            .SelectMany(Directory.EnumerateDirectories)
            .Where(d => Path.Combine(d, "made-for") is var note && File.Exists(note) && File.ReadAllText(note) == place);

    private static string Make(string directory) => Directory.CreateDirectory(directory).FullName;
}
