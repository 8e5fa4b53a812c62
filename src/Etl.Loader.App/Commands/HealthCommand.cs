using System.CommandLine;
using Etl.Loader.App.Composition;
using Etl.Loader.App.Configuration;
using Etl.Loader.App.Output;

namespace Etl.Loader.App.Commands;

/// <summary><c>health</c>: asks the process of this host how it stands, for containers without a shell or an HTTP client.</summary>
internal static class HealthCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static Command Build(Surroundings surroundings)
    {
        var ready = new Option<bool>("--ready") { Description = "Whether it serves, instead of whether its loops turn." };
        var command = new Command("health", "Ask the watcher or loader that runs here with the same configuration whether it lives.") { ready };
        command.SetAction(async (parsed, token) =>
        {
            var configuration = ConfigurationSources.Build(new Dictionary<string, string?>(), parsed.GetValue(SharedOptions.Set) ?? []);
            var address = new Uri(WebHost.Url(configuration) + (parsed.GetValue(ready) ? HealthAnswers.Ready : HealthAnswers.Live));
            using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = Patience };
            try
            {
                using var answer = await client.GetAsync(address, token);
                surroundings.Out.WriteLine(await answer.Content.ReadAsStringAsync(token));
                return answer.IsSuccessStatusCode ? ExitCodes.Done : ExitCodes.NotReachable;
            }
            catch (Exception fault) when (fault is HttpRequestException || (fault is TaskCanceledException && !token.IsCancellationRequested))
            {
                throw new NotReachableException($"Nothing answers at {address}: {fault.Message}", "Is it running, under the same Loader:Http:Address and Port?");
            }
        });
        return command;
    }
}
