using System.Diagnostics;
using Etl.Loader.Files;
using Microsoft.Win32.SafeHandles;

namespace Etl.Loader.Tests.Files;

/// <summary>Both ways, the kernel's and ours, let the same through.</summary>
public sealed class OpenBeneathTests : IDisposable
{
    private readonly DirectoryInfo _outside = Directory.CreateTempSubdirectory("beneath-");
    private readonly string _root;
    private readonly SafeFileHandle _handle;

    public OpenBeneathTests()
    {
        _root = Directory.CreateDirectory(Path.Combine(_outside.FullName, "root", "sub")).Parent!.FullName;
        File.WriteAllText(Path.Combine(_outside.FullName, "secret"), "secret");
        File.WriteAllText(Path.Combine(_root, "sub", "a.csv"), "data");
        File.CreateSymbolicLink(Path.Combine(_root, "out"), "../secret");
        File.CreateSymbolicLink(Path.Combine(_root, "in"), "sub/a.csv");
        Directory.CreateSymbolicLink(Path.Combine(_root, "dir"), "..");
        Directory.CreateSymbolicLink(Path.Combine(_root, "proc"), $"/proc/{Environment.ProcessId}/cwd");
        using (var mkfifo = Process.Start("mkfifo", [Path.Combine(_root, "pipe")]))
        {
            mkfifo.WaitForExit();
        }

        _handle = new SafeFileHandle(SystemCalls.Open(_root, OpenFlags.PlaceOnly | OpenFlags.DirectoryOnly, 0), ownsHandle: true);
    }

    public void Dispose()
    {
        _handle.Dispose();
        _outside.Delete(recursive: true);
    }

    [Theory]
    [InlineData(true, "sub/a.csv", 0)]
    [InlineData(false, "sub/a.csv", 0)]
    [InlineData(true, "pipe", 0)]
    [InlineData(false, "pipe", 0)]
    [InlineData(true, "sub", 0)]
    [InlineData(false, "sub", 0)]
    [InlineData(true, "nothing", Errno.NoEntry)]
    [InlineData(false, "nothing", Errno.NoEntry)]
    [InlineData(true, "sub/a.csv/x", Errno.NotDirectory)]
    [InlineData(false, "sub/a.csv/x", Errno.NotDirectory)]
    [InlineData(true, "out", Errno.LinkLoop)]
    [InlineData(false, "out", Errno.LinkLoop)]
    [InlineData(true, "in", Errno.LinkLoop)]
    [InlineData(false, "in", Errno.LinkLoop)]
    [InlineData(true, "dir/secret", Errno.LinkLoop)]
    [InlineData(false, "dir/secret", Errno.LinkLoop)]
    [InlineData(true, "proc/x", Errno.LinkLoop)]
    [InlineData(false, "proc/x", Errno.LinkLoop)]
    [InlineData(true, "../secret", Errno.LinkLoop)]
    [InlineData(false, "../secret", Errno.LinkLoop)]
    [InlineData(true, "/etc/passwd", Errno.LinkLoop)]
    [InlineData(false, "/etc/passwd", Errno.LinkLoop)]
    public void Nothing_but_what_lies_beneath_opens_and_nothing_waits(bool byKernel, string path, int expected)
    {
        const int flags = OpenFlags.ReadOnly | OpenFlags.NonBlocking;
        using var opened = byKernel
            ? OpenBeneath.TryKernel(_handle, path, flags, out var error)
            : OpenBeneath.TryWalk(_handle, path, flags, out error);
        if (byKernel && error == Errno.NoSystemCall)
        {
            Assert.Skip("this kernel has no openat2");
        }

        Assert.Equal(expected, error);
        Assert.Equal(expected == 0, opened is not null);
    }
}
