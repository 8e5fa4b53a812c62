using System.CommandLine;
using Etl.Loader.App.Composition;
using Etl.Loader.App.Configuration;
using Etl.Loader.App.Homes;
using Etl.Loader.App.Output;
using Microsoft.Extensions.Configuration;

namespace Etl.Loader.App.Commands;

/// <summary><c>health</c>: asks the process of this host how it stands, for containers without a shell or an HTTP client.</summary>
internal static class HealthCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static Command Build(Surroundings surroundings)
    {
        var ready = new Option<bool>("--ready") { Description = "Check readiness instead of liveness." };
        var command = new Command("health", "Check whether the local watcher or loader (of this home or configuration) is alive.") { ready };
        command.SetAction(async (parsed, token) =>
        {
            var address = new Uri(Url(parsed.GetValue(SharedOptions.Home), parsed.GetValue(SharedOptions.Set) ?? []) + (parsed.GetValue(ready) ? HealthAnswers.Ready : HealthAnswers.Live));
            using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = Patience };
            try
            {
                using var answer = await client.GetAsync(address, token);
                surroundings.Out.WriteLine(await answer.Content.ReadAsStringAsync(token));
                return answer.IsSuccessStatusCode ? ExitCodes.Done : ExitCodes.NotReachable;
            }
            catch (Exception fault) when (fault is HttpRequestException || (fault is TaskCanceledException && !token.IsCancellationRequested))
            {
                throw new NotReachableException($"Nothing answers at {address}: {fault.Message}", "Is it running, in this home or under the same Loader:Http:Address and Port?");
            }
        });
        return command;
    }

    /// <summary>Where a home's <c>up</c> says that it serves, which may be a port of the system's choice; otherwise by the configuration.</summary>
    private static string Url(string? home, IReadOnlyList<string> assignments)
    {
        var configuration = ConfigurationSources.Build(new Dictionary<string, string?>(), assignments);
        if (HttpCheck.FindFaults(configuration.GetSection("Loader:Http")).FirstOrDefault() is { } fault)
        {
            throw new LoaderException($"The configuration has a fault: {fault}", "Correct it, then try again.");
        }

        return string.IsNullOrEmpty(configuration.GetConnectionString("Queue")) && configuration["Loader:Http:Port"] is null && ReadyFile.Read(HomeLayout.Choose(home)) is { } ready
            ? ready.Dashboard
            : WebHost.Url(configuration);
    }
}
