using System.Diagnostics;
using System.Runtime.CompilerServices;
using DuckDB.NET.Data;

namespace Etl.Loader.IntegrationTests.Targets.DuckDb;

/// <summary>
/// This test program once more, as another process with a DuckDB file open: DuckDB's lock is between processes, so nothing less will do.
/// </summary>
internal sealed class OtherProcess : IAsyncDisposable
{
    private const string Variable = "ETL_LOADER_TEST_HOLD";
    private readonly Process _process;

    private OtherProcess(Process process) => _process = process;

    public int Id => _process.Id;

    /// <summary>Starts the process and returns when it has the file open for reading.</summary>
    public static async Task<OtherProcess> HoldAsync(string path, CancellationToken token)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet")
        {
            start.ArgumentList.Add(typeof(OtherProcess).Assembly.Location);
        }

        start.Environment[Variable] = path;
        var process = Process.Start(start)!;
        var line = await process.StandardOutput.ReadLineAsync(token);
        Assert.Equal("holding", line);
        return new OtherProcess(process);
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    [ModuleInitializer]
    internal static void BecomeTheOther()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } path)
        {
            return;
        }

        using (var connection = new DuckDBConnection($"DataSource={path};ACCESS_MODE=READ_ONLY"))
        {
            connection.Open();
            Console.Out.WriteLine("holding");
            Console.Out.Flush();
            Console.In.ReadToEnd();
        }

        Environment.Exit(0);
    }
}
