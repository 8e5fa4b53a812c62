using System.Diagnostics;

namespace Etl.Loader.App.PrivatePostgres;

/// <summary>Runs a program to its end. PostgreSQL's own environment variables are kept from it, and it speaks English.</summary>
internal static class ExternalProgram
{
    public sealed record Outcome(int ExitCode, string Output);

    public static Task<Outcome> RunAsync(string program, IReadOnlyList<string> arguments, CancellationToken token) =>
        RunAsync(program, arguments, workingDirectory: "/", token);

    /// <summary>The end of what a program said, in one line.</summary>
    public static string LastLines(string output) =>
        string.Join(" / ", output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).TakeLast(4));

    public static async Task<Outcome> RunAsync(
        string program, IReadOnlyList<string> arguments, string workingDirectory, CancellationToken token, string? input = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = workingDirectory,
        };
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("PG", StringComparison.Ordinal)).ToArray())
        {
            start.Environment.Remove(name);
        }

        start.Environment["LC_ALL"] = "C";
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        try
        {
            if (input is not null)
            {
                await process.StandardInput.WriteAsync(input.AsMemory(), token);
            }

            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync(token);
            var errors = process.StandardError.ReadToEndAsync(token);
            await process.WaitForExitAsync(token);
            return new Outcome(process.ExitCode, (await output + await errors).Trim());
        }
        catch (OperationCanceledException) when (!process.HasExited)
        {
            process.Kill();
            throw;
        }
    }
}
