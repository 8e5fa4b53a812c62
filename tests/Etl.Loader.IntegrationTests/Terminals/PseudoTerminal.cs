using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Etl.Loader.IntegrationTests.Terminals;

/// <summary>
/// A program on a real pseudo-terminal of the kernel, in a session of its own whose terminal it is: what it writes appears on a <see cref="Screen"/>,
/// what is typed reaches it, and Ctrl-C becomes SIGINT of its foreground group.
/// </summary>
internal sealed class PseudoTerminal : IAsyncDisposable
{
    private const string ControlC = "\u0003";
    private const int ReadWrite = 2;
    private const int NoControllingTerminal = 0x100;

    private const int CloseOnExec = 0x80000;

    /// <summary>
    /// Opens the terminal once and keeps it: at the last close the other end reads its end. The size is set before the program starts; setsid makes the
    /// terminal its controlling one.
    /// </summary>
    private const string Starter = """
        exec <>"$0" >&0 2>&0
        stty rows "$1" cols "$2" && shift 2 && exec setsid --ctty --wait env --default-signal=INT,TERM "$@"
        """;

    private readonly FileStream _master;
    private readonly Process _process;
    private readonly Task _reading;
    private readonly Screen _screen;
    private readonly Lock _access = new();
    private readonly StringBuilder _raw = new();

    private PseudoTerminal(FileStream master, Process process, Screen screen)
    {
        (_master, _process, _screen) = (master, process, screen);
        _reading = Task.Run(Read);
    }

    /// <summary>All that was written, with every control sequence.</summary>
    public string Raw
    {
        get
        {
            lock (_access)
            {
                return _raw.ToString();
            }
        }
    }

    public ScreenView View
    {
        get
        {
            lock (_access)
            {
                return _screen.View();
            }
        }
    }

    public int ProcessId => _process.Id;

    public static PseudoTerminal Start(string program, IEnumerable<string> arguments, int columns, string directory, IReadOnlyDictionary<string, string?> environment, int rows = 50)
    {
        var master = OpenMaster();
        try
        {
            var start = new ProcessStartInfo("/bin/sh", ["-c", Starter, NameOf(master), $"{rows}", $"{columns}", program, .. arguments]) { WorkingDirectory = directory };
            start.Environment["TERM"] = "xterm-256color";
            foreach (var (name, value) in environment)
            {
                start.Environment[name] = value;
            }

            return new PseudoTerminal(new FileStream(master, FileAccess.ReadWrite, 1), Process.Start(start)!, new Screen(columns, rows));
        }
        catch
        {
            master.Dispose();
            throw;
        }
    }

    public void Type(string text) => _master.Write(Encoding.UTF8.GetBytes(text));

    public void Interrupt() => Type(ControlC);

    /// <summary>Its exit code, once all that it wrote is on the screen.</summary>
    public async Task<int> WaitForExitAsync(TimeSpan limit, CancellationToken token)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(token);
        either.CancelAfter(limit);
        try
        {
            await _process.WaitForExitAsync(either.Token);
            await _reading.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!token.IsCancellationRequested)
        {
            throw new TimeoutException($"The program on the terminal did not end in time. On its screen:\n{View.Text}");
        }

        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            // The starter is the program by now, or waits for it: with the terminal gone its session gets SIGHUP.
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        await _reading;
        await _master.DisposeAsync();
    }

    /// <summary>Until no process has the terminal open any more, which Linux reports as an I/O error.</summary>
    private void Read()
    {
        var buffer = new byte[4096];
        var decoder = Encoding.UTF8.GetDecoder();
        var text = new char[buffer.Length + 1];
        try
        {
            while (_master.Read(buffer) is > 0 and var count)
            {
                var length = decoder.GetChars(buffer.AsSpan(0, count), text, flush: false);
                lock (_access)
                {
                    _raw.Append(text, 0, length);
                    _screen.Write(text.AsSpan(0, length));
                }
            }
        }
        catch (IOException)
        {
            // The other end is closed.
        }
    }

    private static SafeFileHandle OpenMaster()
    {
        var descriptor = Open(ReadWrite | NoControllingTerminal | CloseOnExec);
        var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        return descriptor >= 0 && Grant(descriptor) == 0 && Unlock(descriptor) == 0
            ? handle
            : throw new InvalidOperationException($"No pseudo-terminal could be opened: errno {Marshal.GetLastPInvokeError()}. Is /dev/ptmx there?");
    }

    private static string NameOf(SafeFileHandle master)
    {
        var name = new byte[256];
        return Name((int)master.DangerousGetHandle(), name, name.Length) == 0
            ? Encoding.UTF8.GetString(name.AsSpan(0, Array.IndexOf(name, (byte)0)))
            : throw new InvalidOperationException("The pseudo-terminal has no name.");
    }

#pragma warning disable SYSLIB1054 // The generated form needs unsafe code; integers and a buffer do not.
    [DllImport("libc", EntryPoint = "posix_openpt", SetLastError = true)]
    private static extern int Open(int flags);

    [DllImport("libc", EntryPoint = "grantpt", SetLastError = true)]
    private static extern int Grant(int descriptor);

    [DllImport("libc", EntryPoint = "unlockpt", SetLastError = true)]
    private static extern int Unlock(int descriptor);

    [DllImport("libc", EntryPoint = "ptsname_r", SetLastError = true)]
    private static extern int Name(int descriptor, byte[] buffer, nint length);
#pragma warning restore SYSLIB1054
}
