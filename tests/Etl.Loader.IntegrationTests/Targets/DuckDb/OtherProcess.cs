using System.Diagnostics;
using System.Runtime.CompilerServices;
using DuckDB.NET.Data;

namespace Etl.Loader.IntegrationTests.Targets.DuckDb;

/// <summary>
/// This test program again, as another process that uses a DuckDB file: DuckDB's lock is between processes, and only a process can be
/// killed. The program prints its help and then stays for the thread that does the work.
/// </summary>
internal sealed class OtherProcess : IAsyncDisposable
{
    private const string Role = "ETL_LOADER_TEST_ROLE";
    private const string Ready = "other process is ready";
    private readonly Process _process;

    private OtherProcess(Process process)
    {
        _process = process;

        // Whatever else it prints must not fill the pipe and stop it.
        _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
    }

    public int Id => _process.Id;

    /// <summary>A process that has the file open for reading.</summary>
    public static Task<OtherProcess> ReadAsync(string path, CancellationToken token) => StartAsync("read", path, token);

    /// <summary>A process that serves the lane of <see cref="Lake.File"/> in the directory and loads all the time.</summary>
    public static Task<OtherProcess> LoadAsync(string directory, CancellationToken token) => StartAsync("load", directory, token);

    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.StandardInput.Close();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    [ModuleInitializer]
    internal static void BecomeTheOther()
    {
        if (Environment.GetEnvironmentVariable(Role)?.Split(' ', 2) is [var role, var path])
        {
            // A thread of its own, since nothing of this module runs elsewhere before its initializer has returned.
            new Thread(() => Play(role, path)) { IsBackground = false }.Start();
        }
    }

    private static async Task<OtherProcess> StartAsync(string role, string path, CancellationToken token)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet")
        {
            start.ArgumentList.Add(typeof(OtherProcess).Assembly.Location);
        }

        start.ArgumentList.Add("--help");
        start.Environment[Role] = $"{role} {path}";
        var process = Process.Start(start)!;
        while (await process.StandardOutput.ReadLineAsync(token) is { } line)
        {
            if (line == Ready)
            {
                return new OtherProcess(process);
            }
        }

        throw new InvalidOperationException($"The other process ended with exit code {process.ExitCode} before it was ready to {role}.");
    }

    private static void Play(string role, string path)
    {
        if (role == "read")
        {
            using var connection = new DuckDBConnection($"DataSource={path};ACCESS_MODE=READ_ONLY");
            connection.Open();
            Say();
            Console.In.ReadToEnd();
        }
        else
        {
            // Its end, should no one kill it, is the end of its input: that comes even when the test run dies.
            _ = CrashTests.LoadForEverAsync(path, Say).ContinueWith(_ => Environment.Exit(1), TaskScheduler.Default);
            Console.In.ReadToEnd();
        }

        Environment.Exit(0);
    }

    private static void Say()
    {
        Console.Out.WriteLine();
        Console.Out.WriteLine(Ready);
        Console.Out.Flush();
    }
}
