using System.Globalization;

namespace Etl.Loader.Benchmarks.Running;

/// <summary>Asks before a disk is filled: a cluster without space would fail in a way that says less.</summary>
internal static class FreeSpace
{
    private const double Spare = 2e9;

    /// <summary>Throws <see cref="IOException"/> unless <paramref name="bytes"/> and 2 GB more are free where the path lies.</summary>
    public static void Require(string path, double bytes)
    {
        var directory = Directory.Exists(path) ? path : Path.GetDirectoryName(path)!;
        var free = new DriveInfo(directory).AvailableFreeSpace;
        if (free < bytes + Spare)
        {
            throw new IOException(string.Create(
                CultureInfo.InvariantCulture,
                $"{directory} has {free / 1e9:0.0} GB free; {(bytes + Spare) / 1e9:0.0} GB are needed. ")
                + "Set TMPDIR to a larger disk, or choose a smaller size.");
        }
    }
}
