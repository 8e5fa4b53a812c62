using System.Diagnostics;

namespace Etl.Loader.Tests.Attacks;

/// <summary>
/// Another user of the machine, without rights: <c>nobody</c> where the tests run as root. Otherwise the attacks run as the tests' own user, which is still not the
/// loader's intent.
/// </summary>
internal sealed class LocalUser : IDisposable
{
    private const string Number = "65534";

    /// <summary>Exchanges two names as fast as it can; before each time it makes again what was taken from the first.</summary>
    private const string Exchange =
        """
        my ($directory, $a, $b, $again, $content) = @ARGV;
        chdir $directory or die "$directory: $!";
        my $call = `uname -m` =~ /aarch64/ ? 276 : 316;
        $| = 1;
        my ($real) = grep { !-l $_ } ($a, $b);
        my @inode = stat $real;
        while (1) {
            for my $name ($again ? ($a, $b) : ()) {
                my @now = lstat $name;
                if (-d _ && $now[1] == $inode[1] && !-e "$name/$again" && open(my $file, ">", "$name/.new")) {
                    print $file $content;
                    close $file;
                    utime 1700000000, 1700000000, "$name/.new";
                    rename "$name/.new", "$name/$again";
                }
            }
            syscall($call, -100, $a, -100, $b, 2) == 0 or exit 1;
            print "ready\n" if defined $call and !$ENV{reported}++;
        }
        """;

    private readonly Process _process;
    private bool _mayEnd;

    private LocalUser(Process process) => _process = process;

    /// <summary>Begins to exchange the two names; returns once it has done so.</summary>
    /// <param name="again">A file in the first, a directory, that is made again whenever it is gone; of the year 2023.</param>
    public static LocalUser Exchanging(string directory, string a, string b, string again = "", string content = "")
    {
        var process = Start("perl", ["-e", Exchange, directory, a, b, again, content]);
        Assert.Equal("ready", process.StandardOutput.ReadLine());
        return new LocalUser(process);
    }

    /// <summary>What it exchanges goes away, and it ends then.</summary>
    public LocalUser AsExpectedToEnd()
    {
        _mayEnd = true;
        return this;
    }

    /// <summary>Runs a shell line as that user.</summary>
    public static void Run(string line)
    {
        using var process = Start("/bin/sh", ["-c", line]);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    /// <summary>Makes that user the owner.</summary>
    public static void Own(string path)
    {
        if (Environment.IsPrivilegedProcess)
        {
            Succeed("chown", "-R", Number, path);
        }
    }

    /// <summary>Sets who may do what, in the octal form of chmod.</summary>
    public static void Permit(string path, string mode) => Succeed("chmod", mode, path);

    public void Dispose()
    {
        Assert.False(_process.HasExited && !_mayEnd, "the attack ended by itself");
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static void Succeed(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    private static Process Start(string program, string[] arguments)
    {
        string[] line = Environment.IsPrivilegedProcess
            ? ["setpriv", "--reuid", Number, "--regid", Number, "--clear-groups", "--", program, .. arguments]
            : [program, .. arguments];
        return Process.Start(new ProcessStartInfo(line[0], line[1..]) { RedirectStandardOutput = true, WorkingDirectory = "/" })!;
    }
}
