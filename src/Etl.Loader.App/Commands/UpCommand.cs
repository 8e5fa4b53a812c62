using System.CommandLine;
using Etl.Loader.App.Composition;
using Etl.Loader.App.Configuration;
using Etl.Loader.App.Homes;
using Etl.Loader.App.Output;
using Etl.Loader.App.PrivatePostgres;
using Etl.Loader.Inboxes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Etl.Loader.App.Commands;

/// <summary><c>up</c>: everything on one machine, in one process and a PostgreSQL of its own.</summary>
internal static class UpCommand
{
    public static Command Build(Surroundings surroundings)
    {
        var port = new Option<int?>("--port") { Description = "Port of the dashboard. Default 5080.", HelpName = "N" };
        var noSamples = new Option<bool>("--no-samples") { Description = "Do not deliver sample data at the first start." };
        var command = new Command("up", "Run everything on this machine, until SIGINT or SIGTERM.") { port, noSamples };
        command.SetAction(async (parsed, token) =>
        {
            var assignments = (parsed.GetValue(SharedOptions.Set) ?? []).ToList();
            if (parsed.GetValue(port) is { } number)
            {
                assignments.Add($"Loader:Http:Port={number}");
            }

            OpenFiles.Require(OpenFiles.Allowed());
            var home = HomeLayout.Choose(parsed.GetValue(SharedOptions.Home));
            ConfigurationCheck.ThrowIfFaulty(ConfigurationSources.Build(HomeDatabases.Foreseen(home), assignments));
            home.Create();
            using var homeLock = HomeLock.Take(home);
            ReadyFile.Remove(home);
            using var reported = new Narration(surroundings);
            reported.Say($"home {home.Root}");
            await using var databases = await HomeDatabases.OpenAsync(home, assignments, reported.Say, surroundings.Time, token);
            home.CloseLake();
            return await RunAsync(home, databases, assignments, !parsed.GetValue(noSamples), reported, surroundings, token);
        });
        return command;
    }

    private static async Task<int> RunAsync(
        HomeLayout home, HomeDatabases databases, List<string> assignments, bool samples, Narration reported, Surroundings surroundings, CancellationToken token)
    {
        var configuration = ConfigurationSources.Build(databases.Defaults(home), assignments);
        ConfigurationCheck.ThrowIfFaulty(configuration);
        await using var app = WebHost.Build(configuration, EtlLoaderRoles.Watcher | EtlLoaderRoles.Lanes, dashboard: true, LogLevel.Warning);
        try
        {
            reported.Say("starting watcher, lanes and dashboard");
            await WebHost.StartAsync(app, configuration, token);
            await Readiness.WaitAsync(app.Services, configuration, reported.Say, surroundings.Time, token);
            if (samples && !File.Exists(home.SamplesDone))
            {
                reported.Say("copying the sample data into the inboxes");
                await Samples.DropAsync(home, app.Services.GetRequiredService<InboxCatalog>(), app.Services.GetRequiredService<Delivery>(), token);
            }

            PasswordFile.WritePrivate(home.SamplesDone, "");
            ReadyFile Ready() => databases.Ready(home, configuration, WebHost.Url(app, configuration));
            Ready().Write(home);
            reported.Rest();
            Welcome.Write(surroundings, home, Ready());
            await databases.KeepAliveAsync(
                () =>
                {
                    reported.Rest();
                    Ready().Write(home);
                },
                app.Lifetime.ApplicationStopping,
                token);
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            // Asked to stop while starting: the same way out.
        }
        finally
        {
            ReadyFile.Remove(home);
            reported.Say("stopping: a running load is handed back and resumes at the next start");
            await WebHost.StopAsync(app);
        }

        return token.IsCancellationRequested ? ExitCodes.Done : ExitCodes.NotReachable;
    }
}
