using System.Diagnostics;

namespace Etl.Loader.Benchmarks;

/// <summary>Runs what a person would type, for comparison.</summary>
internal static class Shell
{
    public static string Psql { get; } = FindPsql();

    /// <summary>Its output. Throws <see cref="InvalidOperationException"/> with what it printed when it fails.</summary>
    public static async Task<string> RunAsync(string script, IReadOnlyDictionary<string, string>? environment, CancellationToken token)
    {
        var start = new ProcessStartInfo("bash", ["-euo", "pipefail", "-c", script]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(token);
        var error = process.StandardError.ReadToEndAsync(token);
        await process.WaitForExitAsync(token);
        return process.ExitCode == 0 ? await output : throw new InvalidOperationException($"{script} ended with {process.ExitCode}: {await error}");
    }

    private static string FindPsql() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
            .Concat(Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql").OrderDescending().Select(d => Path.Combine(d, "bin")) : [])
            .Select(directory => Path.Combine(directory, "psql"))
            .FirstOrDefault(File.Exists) ?? throw new InvalidOperationException("There is no psql to compare with; install PostgreSQL's client programs.");
}
