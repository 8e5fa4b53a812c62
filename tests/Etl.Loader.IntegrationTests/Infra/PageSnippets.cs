using System.Diagnostics;
using Etl.Loader.IntegrationTests.EndToEnd;
using Npgsql;

namespace Etl.Loader.IntegrationTests.Infra;

/// <summary>The snippets of a page that are marked <c>bash run</c> or <c>python run</c>, each run in a process of its own.</summary>
internal static class PageSnippets
{
    private static readonly Dictionary<string, string> Interpreters = new() { ["```bash run"] = "bash", ["```python run"] = "python3" };

    /// <summary>Returns how many there were; fails the test with the snippet's own output where one fails.</summary>
    public static async Task<int> RunAsync(string page, string directory, IReadOnlyDictionary<string, string> environment)
    {
        var snippets = Read(await File.ReadAllLinesAsync(Path.Combine(Repository.Root, "docs", page), TestContext.Current.CancellationToken));
        foreach (var (interpreter, text) in snippets)
        {
            await RunAsync(interpreter, text, directory, environment);
        }

        return snippets.Count;
    }

    /// <summary>A connection string as <c>psql</c> and its like take it.</summary>
    public static string ForLibpq(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        var password = settings.Password is { Length: > 0 } given ? $"password='{given}'" : settings.Passfile is { Length: > 0 } file ? $"passfile='{file}'" : "";
        return $"host={settings.Host} port={settings.Port} dbname={settings.Database} user={settings.Username} {password}";
    }

    private static List<(string Interpreter, string Text)> Read(IEnumerable<string> lines)
    {
        var snippets = new List<(string, string)>();
        string? interpreter = null;
        var text = new List<string>();
        foreach (var line in lines)
        {
            if (!line.StartsWith("```", StringComparison.Ordinal))
            {
                text.Add(line);
                continue;
            }

            if (interpreter is not null)
            {
                snippets.Add((interpreter, string.Join('\n', text)));
            }

            interpreter = Interpreters.GetValueOrDefault(line);
            text.Clear();
        }

        return snippets;
    }

    private static async Task RunAsync(string interpreter, string text, string directory, IReadOnlyDictionary<string, string> environment)
    {
        var token = TestContext.Current.CancellationToken;
        string[] strict = interpreter == "bash" ? ["-euo", "pipefail", "-c"] : ["-c"];
        var start = new ProcessStartInfo(interpreter, [.. strict, text]) { WorkingDirectory = directory, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (key, value) in environment)
        {
            start.Environment[key] = value;
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(token);
        var error = process.StandardError.ReadToEndAsync(token);
        await process.WaitForExitAsync(token);
        Assert.True(process.ExitCode == 0, $"{text}\nended with {process.ExitCode}\n{await output}\n{await error}");
    }
}
