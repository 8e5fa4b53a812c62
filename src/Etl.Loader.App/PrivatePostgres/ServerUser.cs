using System.Globalization;
using Etl.Loader.Files;
using Microsoft.Win32.SafeHandles;

namespace Etl.Loader.App.PrivatePostgres;

/// <summary>
/// The system user that runs the server: ourselves, or, since PostgreSQL refuses to run as root, another one that has no rights here.
/// </summary>
internal sealed class ServerUser
{
    private static readonly string[] Switchers = ["/usr/bin/setpriv", "/bin/setpriv", "/usr/sbin/runuser", "/sbin/runuser"];
    private readonly string? _name;
    private readonly string? _switcher;

    private ServerUser(string? name, string? switcher)
    {
        _name = name;
        _switcher = switcher;
    }

    public bool IsOther => _name is not null;

    public string Name => _name ?? Environment.UserName;

    public static ServerUser Choose()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return new ServerUser(null, null);
        }

        var known = File.ReadLines("/etc/passwd").Select(line => line.Split(':')[0]).ToHashSet(StringComparer.Ordinal);
        var name = known.Contains("postgres") ? "postgres" : known.Contains("nobody") ? "nobody" : throw new LoaderException(
            "PostgreSQL does not run as root, and there is neither a user 'postgres' nor a user 'nobody' to run it.",
            "Add one (useradd --system postgres), or run as a user without privileges.");
        var switcher = Switchers.FirstOrDefault(File.Exists)
            ?? throw new LoaderException(
                $"PostgreSQL does not run as root, and neither setpriv nor runuser is installed to run it as '{name}'.",
                "Install util-linux, or run as a user without privileges.");
        return new ServerUser(name, switcher);
    }

    /// <summary>Runs a program as this user, in a directory that this user can reach.</summary>
    public Task<ExternalProgram.Outcome> RunAsync(
        string program, IReadOnlyList<string> arguments, string workingDirectory, CancellationToken token, string? input = null)
    {
        if (_name is null)
        {
            return ExternalProgram.RunAsync(program, arguments, workingDirectory, token, input);
        }

        string[] switching = _switcher!.EndsWith("setpriv", StringComparison.Ordinal)
            ? ["--reuid", _name, "--regid", GroupOf(_name), "--init-groups", "--", program]
            : ["-u", _name, "--", program];
        return ExternalProgram.RunAsync(_switcher, [.. switching, .. arguments], workingDirectory, token, input);
    }

    /// <summary>Whether this user can go into the directory.</summary>
    public async Task<bool> CanReachAsync(string directory, CancellationToken token) =>
        !IsOther || (await RunAsync("/bin/sh", ["-c", "cd \"$1\"", "sh", directory], "/", token)).ExitCode == 0;

    /// <summary>Gives an open file to this user.</summary>
    public void Give(SafeFileHandle file)
    {
        if (_name is not null)
        {
            FileOwner.Give(file, uint.Parse(Entry(_name)[2], CultureInfo.InvariantCulture), uint.Parse(GroupOf(_name), CultureInfo.InvariantCulture));
        }
    }

    /// <summary>Gives an open directory to this user.</summary>
    public void Give(DirectoryHandle directory)
    {
        if (_name is not null)
        {
            directory.Give(uint.Parse(Entry(_name)[2], CultureInfo.InvariantCulture), uint.Parse(GroupOf(_name), CultureInfo.InvariantCulture));
        }
    }

    private static string GroupOf(string user) => Entry(user)[3];

    private static string[] Entry(string user) => File.ReadLines("/etc/passwd").Select(line => line.Split(':')).First(fields => fields[0] == user);
}
