using System.Diagnostics;

namespace Etl.Loader.Benchmarks.Running;

/// <summary>Runs what a person would type, for comparison.</summary>
internal static class Shell
{
    private const string DebianPostgres = "/usr/lib/postgresql";

    public static string Psql { get; } =
        Find("psql") ?? throw new InvalidOperationException("There is no psql to compare with; install PostgreSQL's client programs.");

    /// <summary>The program's path; null when it is not installed.</summary>
    public static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
            .Concat(Directory.Exists(DebianPostgres) ? Directory.GetDirectories(DebianPostgres).OrderDescending().Select(d => Path.Combine(d, "bin")) : [])
            .Select(directory => Path.Combine(directory, program))
            .FirstOrDefault(File.Exists);

    /// <summary>
    /// Its output. Throws <see cref="InvalidOperationException"/> with what it printed when it fails. The token ends it and all that it started.
    /// </summary>
    public static async Task<string> RunAsync(string script, IReadOnlyDictionary<string, string>? environment, CancellationToken token)
    {
        var start = new ProcessStartInfo("bash", ["-euo", "pipefail", "-c", script]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(token);
            var error = process.StandardError.ReadToEndAsync(token);
            await process.WaitForExitAsync(token);
            return process.ExitCode == 0
                ? await output
                : throw new InvalidOperationException($"{script} ended with {process.ExitCode}: {await error}{await output}");
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    /// <summary>Seconds that it took.</summary>
    public static async Task<double> TimeAsync(string script, IReadOnlyDictionary<string, string>? environment, CancellationToken token)
    {
        var began = Stopwatch.GetTimestamp();
        await RunAsync(script, environment, token);
        return Stopwatch.GetElapsedTime(began).TotalSeconds;
    }
}
