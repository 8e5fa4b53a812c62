using System.Globalization;

namespace Etl.Loader.App.Doctor;

/// <summary>Limits of the system that a watcher runs into: inotify watches, one for each directory.</summary>
internal static class SystemLimits
{
    private const string Watches = "/proc/sys/fs/inotify/max_user_watches";
    private const string Instances = "/proc/sys/fs/inotify/max_user_instances";
    private const int FewInstances = 16;

    public static IEnumerable<Finding> Check(LoaderOptions loader)
    {
        if (!File.Exists(Watches))
        {
            yield break;
        }

        var watches = Read(Watches);
        var directories = loader.Inboxes.Values.Where(i => i.Recursive && Directory.Exists(i.Path)).Sum(i => CountDirectories(i.Path));
        yield return watches > directories * 2L
            ? new Finding("inotify", FindingLevel.Ok, $"{Amounts.Counted(watches, "watch", "watches")}, {Amounts.Counted(directories, "directory", "directories")} in inboxes")
            : new Finding("inotify", FindingLevel.Warning, $"{Amounts.Counted(watches, "watch", "watches")} for {Amounts.Counted(directories, "directory", "directories")} in inboxes", $"Run: sysctl fs.inotify.max_user_watches={Math.Max(65536, directories * 4)}");
        if (Read(Instances) is var instances && instances < FewInstances)
        {
            yield return new Finding("inotify", FindingLevel.Warning, $"only {Amounts.Counted(instances, "instance")} per user", "Run: sysctl fs.inotify.max_user_instances=128");
        }
    }

    private static int CountDirectories(string path) =>
        1 + Directory.EnumerateDirectories(path, "*", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true }).Count();

    private static long Read(string file) => long.Parse(File.ReadAllText(file), CultureInfo.InvariantCulture);
}
