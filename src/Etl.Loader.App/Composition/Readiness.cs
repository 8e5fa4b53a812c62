using Etl.Loader.Ledger;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Etl.Loader.App.Composition;

/// <summary>Waits until this process serves every lane and watches every inbox.</summary>
internal static class Readiness
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>What is still missing after half a minute is reported; it comes when it comes.</summary>
    public static async Task WaitAsync(IServiceProvider services, IConfiguration configuration, Action<string> report, TimeProvider time, CancellationToken token)
    {
        var queries = services.GetRequiredService<ILoadQueries>();
        var began = time.GetTimestamp();
        while (await MissingAsync(queries, configuration, token) is { } missing)
        {
            if (time.GetElapsedTime(began) > Patience)
            {
                report($"not ready yet; retrying automatically: {missing}");
                return;
            }

            await Task.Delay(Pause, time, token);
        }
    }

    private static async Task<string?> MissingAsync(ILoadQueries queries, IConfiguration configuration, CancellationToken token)
    {
        try
        {
            var mine = $":{Environment.ProcessId}";
            var lanes = (await queries.LanesAsync(token)).Where(l => l.Holder?.EndsWith(mine, StringComparison.Ordinal) == true).Select(l => l.Target);
            var inboxes = (await queries.WatchersAsync(token)).Where(w => w.ProcessId == Environment.ProcessId && w.State == "watching").Select(w => w.Inbox);
            return Missing("lane", configuration.GetSection("Loader:Targets"), lanes) ?? Missing("inbox", configuration.GetSection("Loader:Inboxes"), inboxes);
        }
        catch (NpgsqlException fault)
        {
            return $"the queue database: {fault.Message}";
        }
    }

    private static string? Missing(string kind, IConfiguration wanted, IEnumerable<string> there)
    {
        var missing = wanted.GetChildren().Select(c => c.Key).Except(there, StringComparer.OrdinalIgnoreCase).ToArray();
        return missing.Length == 0 ? null : $"{kind} {string.Join(", ", missing)}";
    }
}
