using Etl.Loader.App.Output;

namespace Etl.Loader.App.Doctor;

/// <summary>Whether a directory is there, writable, and not about to be full.</summary>
internal static class DirectoryCheck
{
    private const long LittleSpace = 1_000_000_000;

    public static Finding Writable(string check, string directory)
    {
        if (!Directory.Exists(directory))
        {
            return new Finding(check, FindingLevel.Fault, $"{directory} does not exist", "Create it, or mount it.");
        }

        try
        {
            var probe = Path.Combine(directory, $".etl-loader-probe-{Path.GetRandomFileName()}");
            using (new FileStream(probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose))
            {
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return new Finding(check, FindingLevel.Fault, $"{directory} is not writable: {fault.Message}", "Give this user write permission there.");
        }

        var free = new DriveInfo(directory).AvailableFreeSpace;
        return free < LittleSpace
            ? new Finding(check, FindingLevel.Warning, $"{directory}, {Words.Bytes(free)} free", "Free disk space.")
            : new Finding(check, FindingLevel.Ok, $"{directory}, {Words.Bytes(free)} free");
    }
}
