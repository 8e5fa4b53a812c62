using System.Diagnostics;

namespace Etl.Loader.IntegrationTests.ReadOnlyInboxes;

/// <summary>
/// A directory that a producer writes to and the loader may only read: for root, whom permissions do not bind, a second, read-only mount of it where the
/// system allows one; otherwise permissions. Wherever neither holds, a test still sees by <see cref="Names"/> that nothing was written.
/// </summary>
internal sealed class ReadOnlyDirectory : IDisposable
{
    private const UnixFileMode Reading = UnixFileMode.UserRead | UnixFileMode.UserExecute;

    private readonly DirectoryInfo _parent = Directory.CreateTempSubdirectory("read-only-");
    private readonly bool _mounted;

    public ReadOnlyDirectory(bool introduced = true)
    {
        Written = Directory.CreateDirectory(Path.Combine(_parent.FullName, "written")).FullName;
        Root = Directory.CreateDirectory(Path.Combine(_parent.FullName, "read")).FullName;
        _mounted = Environment.IsPrivilegedProcess && Run("mount", "--bind", Written, Root) && Run("mount", "-o", "remount,bind,ro", Root);
        if (!_mounted)
        {
            Run("umount", Root);
            Root = Written;
        }

        if (introduced)
        {
            Write(".etl-loader-inbox", Guid.CreateVersion7().ToString());
        }
    }

    /// <summary>As the loader has it.</summary>
    public string Root { get; }

    /// <summary>As the producer has it.</summary>
    public string Written { get; }

    /// <summary>False for root where no mount is allowed.</summary>
    public bool IsEnforced => _mounted || !Environment.IsPrivilegedProcess;

    public string[] Names => [.. Directory.EnumerateFiles(Root).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];

    public void Deliver(string name, string data = "id\n1\n", string trigger = "")
    {
        Write(name, data);
        Write(name + ".trigger", trigger);
    }

    /// <summary>As a producer should: whole, under its name by a rename.</summary>
    public void Write(string name, string content)
    {
        Change(() =>
        {
            File.WriteAllText(Path.Combine(Written, ".partial"), content);
            File.Move(Path.Combine(Written, ".partial"), Path.Combine(Written, name), overwrite: true);
        });
    }

    public void Remove(string name) => Change(() => File.Delete(Path.Combine(Written, name)));

    public void Dispose()
    {
        if (_mounted)
        {
            Run("umount", Root);
        }

        Permit(Reading | UnixFileMode.UserWrite);
        _parent.Delete(recursive: true);
    }

    private void Change(Action change)
    {
        Permit(Reading | UnixFileMode.UserWrite);
        change();
        Permit(Reading);
    }

    private void Permit(UnixFileMode mode)
    {
        if (!_mounted && !OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Written, mode);
        }
    }

    private static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
