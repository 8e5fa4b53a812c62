using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;
using Etl.Loader.IntegrationTests.EndToEnd;
using Etl.Loader.IntegrationTests.Support;

namespace Etl.Loader.IntegrationTests.Telemetry;

/// <summary>A watcher and a loader as processes of their own, and a collector that keeps what they send.</summary>
public sealed class TraceTests(PostgresServer server) : IAsyncLifetime
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("etl-loader-trace");
    private readonly ConcurrentQueue<byte[]> _spans = new();
    private readonly ConcurrentQueue<string> _said = new();
    private readonly List<Process> _processes = [];
    private HttpListener _collector = null!;
    private Task _collecting = Task.CompletedTask;
    private string[] _settings = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var port = FreePort.Find();
        _collector = new HttpListener { Prefixes = { $"http://127.0.0.1:{port}/" } };
        _collector.Start();
        _collecting = CollectAsync();
        Directory.CreateDirectory(Path.Combine(_directory.FullName, "inbox"));
        _settings =
        [
            $"ConnectionStrings:Queue={await server.CreateDatabaseAsync("trace_queue")}",
            "Loader:Targets:warehouse:Kind=PostgreSql",
            $"Loader:Targets:warehouse:ConnectionString={await server.CreateDatabaseAsync("trace_target")}",
            $"Loader:Inboxes:in:Path={Path.Combine(_directory.FullName, "inbox")}",
            "Loader:Inboxes:in:Target=warehouse",
            "Loader:Http:Port=0",
            "Loader:Queue:MigrateAtStart=true",
            $"Loader:Telemetry:Otlp:Endpoint=http://127.0.0.1:{port}",
            "Loader:Telemetry:Otlp:Protocol=http/protobuf",
            "Logging:Format=json",
        ];
    }

    [Fact]
    public async Task A_load_is_one_trace_over_the_watchers_and_the_loaders_process()
    {
        Start("watch");
        Start("serve");
        var file = Path.Combine(_directory.FullName, "inbox", "orders.csv");
        await File.WriteAllTextAsync(file, "id\n1\n", Token);
        await File.WriteAllTextAsync(file + ".trigger", "", Token);
        await Deadline.UntilAsync(() => File.Exists(file + ".loaded"), () => $"orders.csv was not loaded:\n{string.Join('\n', _said)}", TimeSpan.FromMinutes(2), Token);

        var shown = await RunAsync("loads", "--json");
        var id = JsonDocument.Parse(shown).RootElement[0].GetProperty("load_id").GetString()!;
        var load = JsonDocument.Parse(await RunAsync("show", id, "--json")).RootElement.GetProperty("load");
        var trace = Convert.FromHexString(load.GetProperty("spec").GetProperty("trace_parent").GetString()!.Split('-')[1]);

        // Processes send what they have when they end.
        foreach (var process in _processes)
        {
            Signals.Terminate(process.Id);
            await process.WaitForExitAsync(Token);
        }

        // A batch is one process's: the watcher's has the acceptance, the loader's the attempt.
        Assert.Contains(_spans, batch => Has(batch, trace) && Has(batch, "accept") && !Has(batch, "attempt"));
        Assert.Contains(_spans, batch => Has(batch, trace) && Has(batch, "attempt") && Has(batch, "survey") && Has(batch, "stage") && Has(batch, "publish"));
        var reported = _said.Where(l => l.StartsWith('{')).Select(l => JsonDocument.Parse(l).RootElement).Single(l => l.GetProperty("EventId").GetInt32() == 1400);
        Assert.Equal("orders.csv", reported.GetProperty("State").GetProperty("Dataset").GetString());
        Assert.Contains(Convert.ToHexStringLower(trace), reported.GetProperty("Scopes").ToString(), StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            if (!process.HasExited)
            {
                process.Kill();
                await process.WaitForExitAsync(CancellationToken.None);
            }

            process.Dispose();
        }

        _collector.Close();
        await _collecting;
        _directory.Delete(recursive: true);
    }

    private static bool Has(byte[] batch, string name) => Has(batch, Encoding.UTF8.GetBytes(name));

    private static bool Has(byte[] batch, byte[] part) => batch.AsSpan().IndexOf(part) >= 0;

    private ProcessStartInfo Prepared(IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(RunningUp.Executable, [.. arguments, .. _settings.SelectMany(s => new[] { "--set", s })])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _directory.FullName,
        };
        start.Environment["NO_COLOR"] = "1";
        return start;
    }

    private void Start(string verb)
    {
        var process = Process.Start(Prepared([verb]))!;
        _processes.Add(process);
        process.OutputDataReceived += (_, line) => _said.Enqueue(line.Data ?? "");
        process.ErrorDataReceived += (_, line) => _said.Enqueue(line.Data ?? "");
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    private async Task<string> RunAsync(params string[] arguments)
    {
        using var process = Process.Start(Prepared(arguments))!;
        var error = process.StandardError.ReadToEndAsync(Token);
        var output = await process.StandardOutput.ReadToEndAsync(Token);
        await process.WaitForExitAsync(Token);
        Assert.True(process.ExitCode == 0, await error);
        return output;
    }

    private async Task CollectAsync()
    {
        try
        {
            while (true)
            {
                var context = await _collector.GetContextAsync();
                using var body = new MemoryStream();
                await context.Request.InputStream.CopyToAsync(body);
                if (context.Request.Url!.AbsolutePath == "/v1/traces")
                {
                    _spans.Enqueue(body.ToArray());
                }

                context.Response.ContentType = "application/x-protobuf";
                context.Response.Close();
            }
        }
        catch (Exception fault) when (fault is HttpListenerException or ObjectDisposedException)
        {
            // The test is over.
        }
    }
}
