using System.Diagnostics;

namespace Etl.Loader.Chaos.Installation;

/// <summary>One process of the product: the real executable, its output in a log file.</summary>
internal sealed class Child : IAsyncDisposable
{
    private const int Kept = 25;

    private readonly Process _process;
    private readonly StreamWriter _log;
    private readonly Lock _writing = new();
    private readonly TaskCompletionSource _spoken = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Child(string name, Process process, StreamWriter log) => (Name, _process, _log) = (name, process, log);

    public string Name { get; }

    public int ProcessId => _process.Id;

    /// <summary>Where it dies on its own; null: nowhere.</summary>
    public string? CrashPoint { get; private init; }

    public bool HasExited => _process.HasExited;

    /// <summary>Only of a process that has exited.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>True once the campaign itself asked it to end.</summary>
    public bool Expected { get; private set; }

    public static Child Start(
        string executable, string name, string verb, IReadOnlyDictionary<string, string> environment, string? crashPoint, string directory)
    {
        var start = new ProcessStartInfo(executable)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = directory,
        };
        foreach (var argument in verb.Split(' '))
        {
            start.ArgumentList.Add(argument);
        }

        // Processes that live for seconds gain nothing from profiles of their own code.
        start.Environment["DOTNET_TieredPGO"] = "0";
        foreach (var (key, value) in environment)
        {
            start.Environment[key] = value;
        }

        start.Environment[Etl.Loader.CrashPoint.Variable] = crashPoint;
        var process = Process.Start(start)!;
        var child = new Child(name, process, new StreamWriter(Path.Combine(directory, $"{name}-{process.Id}.log")) { AutoFlush = true }) { CrashPoint = crashPoint };
        process.OutputDataReceived += child.Write;
        process.ErrorDataReceived += child.Write;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return child;
    }

    /// <summary>What it wrote last.</summary>
    public IEnumerable<string> LastLines => File.ReadLines(((FileStream)_log.BaseStream).Name).TakeLast(Kept);

    /// <summary>Only of a process that has exited.</summary>
    public bool DiedAtCrashPoint => this is { CrashPoint: not null, KilledAt: null, ExitCode: Signals.KilledExitCode };

    /// <summary>Null: the campaign has not killed it.</summary>
    public DateTimeOffset? KilledAt { get; private set; }

    public void Kill()
    {
        Expected = true;
        KilledAt = TimeProvider.System.GetUtcNow();
        Signals.Send(ProcessId, Signals.Kill);
    }

    public void Terminate()
    {
        Expected = true;
        Signals.Send(ProcessId, Signals.Terminate);
    }

    /// <summary>Until its first word, or its end: before, not even the runtime may be there to hear a signal.</summary>
    public async Task SpeaksAsync(TimeSpan limit, CancellationToken token) =>
        await Task.WhenAny(_spoken.Task, _process.WaitForExitAsync(token)).WaitAsync(limit, token);

    /// <summary>False when it did not end in time.</summary>
    public async Task<bool> EndsAsync(TimeSpan limit, CancellationToken token)
    {
        try
        {
            await _process.WaitForExitAsync(token).WaitAsync(limit, token);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            Kill();
            await _process.WaitForExitAsync();
        }

        lock (_writing)
        {
            _log.Dispose();
        }

        _process.Dispose();
    }

    private void Write(object sender, DataReceivedEventArgs line)
    {
        lock (_writing)
        {
            if (line.Data is { } text && _log.BaseStream is { CanWrite: true })
            {
                _log.WriteLine(text);
                _spoken.TrySetResult();
            }
        }
    }
}
