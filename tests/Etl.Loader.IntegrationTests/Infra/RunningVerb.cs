using System.Collections.Concurrent;
using System.Diagnostics;
using Etl.Loader.IntegrationTests.EndToEnd;

namespace Etl.Loader.IntegrationTests.Infra;

/// <summary>One process of the product, configured by its environment alone, as a service manager starts it. Ended on disposal.</summary>
internal sealed class RunningVerb : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);
    private readonly ConcurrentQueue<string> _said = new();
    private readonly Process _process;

    private RunningVerb(Process process) => _process = process;

    public int Id => _process.Id;

    public string Said => string.Join('\n', _said);

    public static RunningVerb Start(string executable, string verb, IReadOnlyDictionary<string, string> environment, string directory)
    {
        var start = new ProcessStartInfo("/usr/bin/env", ["--default-signal=INT,TERM", executable, .. verb.Split(' ')])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = directory,
        };
        start.Environment.Remove("ETL_LOADER_HOME");
        start.Environment["NO_COLOR"] = "1";
        foreach (var (key, value) in environment)
        {
            start.Environment[key] = value;
        }

        var running = new RunningVerb(Process.Start(start)!);
        running._process.OutputDataReceived += (_, line) => running._said.Enqueue(line.Data ?? "");
        running._process.ErrorDataReceived += (_, line) => running._said.Enqueue(line.Data ?? "");
        running._process.BeginOutputReadLine();
        running._process.BeginErrorReadLine();
        return running;
    }

    /// <summary>Runs it to its end.</summary>
    public static async Task<(int ExitCode, string Said)> RunAsync(string executable, string verb, IReadOnlyDictionary<string, string> environment, string directory)
    {
        await using var running = Start(executable, verb, environment, directory);
        return (await running.EndAsync(), running.Said);
    }

    public async Task<int> StopAsync()
    {
        Signals.Terminate(_process.Id);
        return await EndAsync();
    }

    public async Task<int> EndAsync()
    {
        try
        {
            await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Limit);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"The process did not end in time:\n{Said}");
        }

        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }
}
