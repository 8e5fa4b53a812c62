using System.Collections.Concurrent;
using System.Diagnostics;

namespace Etl.Loader.IntegrationTests.EndToEnd;

/// <summary>
/// The real executable running <c>up</c> in a home of its own, used only as its users use it: files, databases, verbs, HTTP and signals.
/// Whatever a test does to it, disposal ends the processes that it started and removes the home.
/// </summary>
internal sealed partial class RunningUp : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan StopLimit = TimeSpan.FromMinutes(1);
    private readonly ConcurrentQueue<string> _said = new();
    private readonly string _directory;
    private Process? _process;

    private readonly string[] _command;

    private RunningUp(string directory, string[] command) => (_directory, _command) = (directory, command);

    /// <summary>Of the release where one is given, otherwise of the build.</summary>
    public static string Executable { get; } = Path.Combine(Release.Unpacked ?? AppContext.BaseDirectory, "etl-loader");

    public static string Samples { get; } = Path.Combine(AppContext.BaseDirectory, "samples");

    public string Home => Path.Combine(_directory, "home");

    /// <summary>A directory outside the inboxes, removed with the home.</summary>
    public string Outside => Directory.CreateDirectory(Path.Combine(_directory, "outside")).FullName;

    public Ready Ready { get; private set; } = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public string Said => string.Join('\n', _said);

    public static Task<RunningUp> StartAsync(params string[] options) => StartAsync([Executable, "up"], options);

    /// <summary>As people start it from a clone.</summary>
    public static Task<RunningUp> StartFromCloneAsync() => StartAsync([Path.Combine(Repository.Root, "infra", "up")], []);

    private static async Task<RunningUp> StartAsync(string[] command, string[] options)
    {
        // Not one of the runtime's temporary directories: those are closed to the user that the private PostgreSQL runs as.
        var directory = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), $"etl-loader-up-{Environment.ProcessId}-{Path.GetRandomFileName()[..8]}"));
        var up = new RunningUp(directory.FullName, command);
        try
        {
            await up.StartAgainAsync(options);
            return up;
        }
        catch
        {
            await up.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the executable in the same home and waits until it says it is ready.</summary>
    public async Task StartAgainAsync(params string[] options)
    {
        var process = Launch(options, null);
        Ready = await Deadline.WaitAsync(
            () => process.HasExited
                ? throw new InvalidOperationException($"etl-loader up ended with {process.ExitCode} before it was ready:\n{Said}")
                : Task.FromResult(Ready.Read(Path.Combine(Home, "ready.json")) is { } ready && ready.ProcessId == process.Id ? ready : null),
            () => $"etl-loader up was not ready in time:\n{Said}",
            StartLimit,
            Token);
    }

    /// <summary>Starts the executable in the same home, where it dies before a statement (see <see cref="CrashPoint"/>), as by <c>kill -9</c>.</summary>
    public async Task StartToDieAsync(string point)
    {
        Launch([], point);
        Assert.Equal(Signals.KilledExitCode, await WaitForExitAsync());
    }

    public void Interrupt() => Signals.Interrupt(_process!.Id);

    /// <summary>SIGINT; the process must end well, and its PostgreSQL with it.</summary>
    public async Task StopAsync()
    {
        Interrupt();
        var code = await WaitForExitAsync();
        Assert.True(code == 0, $"etl-loader up ended with {code} after SIGINT:\n{Said}");
        Assert.False(Signals.IsAlive(Ready.PostgresProcessId), "The private PostgreSQL still runs after the end of up.");
        Assert.False(File.Exists(Path.Combine(Home, "ready.json")), "ready.json is still there after the end of up.");
    }

    /// <summary>SIGKILL to the process alone; its PostgreSQL lives on.</summary>
    public async Task KillAsync()
    {
        Signals.Kill(_process!.Id);
        await WaitForExitAsync();
    }

    public Task<VerbResult> RunVerbAsync(params string[] arguments) => RunAsync(Executable, arguments);

    /// <summary>In a directory of the test's own, with this installation as its home.</summary>
    public async Task<VerbResult> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(Prepared(program, arguments))!;
        var output = process.StandardOutput.ReadToEndAsync(Token);
        var error = process.StandardError.ReadToEndAsync(Token);
        await process.WaitForExitAsync(Token);
        return new VerbResult(string.Join(' ', arguments), process.ExitCode, await output, await error);
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false } process)
        {
            Signals.Terminate(process.Id);
            if (!await EndsAsync(process.Id, StopLimit))
            {
                Signals.Kill(process.Id);
                await process.WaitForExitAsync();
            }
        }

        _process?.Dispose();
        await EndPostgresAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private static async Task<bool> EndsAsync(int process, TimeSpan limit)
    {
        try
        {
            await Deadline.UntilAsync(() => !Signals.IsAlive(process), () => "", limit);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>After a kill the private server is no one's: it is found by the file that it keeps in its own data directory.</summary>
    private async Task EndPostgresAsync()
    {
        foreach (var file in Directory.Exists(Home) ? Directory.EnumerateFiles(Home, "postmaster.pid", SearchOption.AllDirectories) : [])
        {
            if (int.TryParse((await File.ReadAllLinesAsync(file)).FirstOrDefault(), out var server) && Signals.IsAlive(server))
            {
                Signals.Interrupt(server);
                if (!await EndsAsync(server, StopLimit))
                {
                    Signals.Kill(server);
                    await EndsAsync(server, StopLimit);
                }
            }

            break;
        }
    }

    private Process Launch(string[] options, string? crashPoint)
    {
        // A child of a program that ignores SIGINT would ignore it too.
        var start = Prepared("/usr/bin/env", ["--default-signal=INT,TERM", .. _command, "--home", Home, "--port", "0", "--no-samples", .. options]);
        start.Environment[CrashPoint.Variable] = crashPoint;
        var process = Process.Start(start)!;
        _process = process;
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private ProcessStartInfo Prepared(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _directory };
        start.Environment["ETL_LOADER_HOME"] = Home;
        start.Environment["NO_COLOR"] = "1";
        start.Environment.Remove("ConnectionStrings__Queue");
        return start;
    }

    private async Task<int> WaitForExitAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(StopLimit);
        try
        {
            await _process!.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!Token.IsCancellationRequested)
        {
            throw new TimeoutException($"etl-loader up did not end in time:\n{Said}");
        }

        return _process.ExitCode;
    }

    private void Keep(string? line)
    {
        if (line is not null)
        {
            _said.Enqueue(line);
        }
    }
}
