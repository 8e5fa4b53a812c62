using System.Diagnostics;

namespace Etl.Loader.Chaos.Installation;

/// <summary>
/// A file system of fixed size in memory under the warehouse's tablespace: filled up, it answers with the kernel's own ENOSPC. Needs the right
/// to mount; without it there is none, and the fault kind is left out.
/// </summary>
internal sealed class SmallDisk : IDisposable
{
    /// <summary>Tables of appends stay until the end, and a restored warehouse is beside the old one for a moment.</summary>
    private const double MegabytesEachFault = 1.5;

    private const int LeastMegabytes = 700;

    private readonly string _mount;

    private SmallDisk(string mount) => _mount = mount;

    public string Space => Path.Combine(_mount, "space");

    private string Ballast => Path.Combine(_mount, "ballast");

    /// <param name="faults">How many the campaign is to inject.</param>
    public static SmallDisk? TryMount(string place, int faults)
    {
        Directory.CreateDirectory(place);
        var megabytes = Math.Max(LeastMegabytes, (int)(faults * MegabytesEachFault));
        if (!Environment.IsPrivilegedProcess || !Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", place))
        {
            return null;
        }

        var disk = new SmallDisk(place);
        Directory.CreateDirectory(disk.Space);
        return Run("chown", "postgres", disk.Space) ? disk : disk.Unmounted();
    }

    /// <summary>Takes every free byte.</summary>
    public void Fill()
    {
        using var file = new FileStream(Ballast, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        var block = new byte[1 << 20];
        foreach (var size in (int[])[1 << 20, 4096])
        {
            try
            {
                while (true)
                {
                    file.Write(block, 0, size);
                }
            }
            catch (IOException)
            {
                // Full, to this grain.
            }
        }
    }

    public void Free() => File.Delete(Ballast);

    public void Dispose() => Run("umount", "--lazy", _mount);

    private SmallDisk? Unmounted()
    {
        Dispose();
        return null;
    }

    private static bool Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
