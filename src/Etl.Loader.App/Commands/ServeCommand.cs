using System.CommandLine;
using Etl.Loader.App.Composition;
using Etl.Loader.App.Configuration;
using Etl.Loader.App.Output;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Etl.Loader.App.Commands;

/// <summary><c>serve</c>: lanes, dashboard and API.</summary>
internal static class ServeCommand
{
    public static Command Build(Surroundings surroundings)
    {
        var lanes = new Option<string?>("--lanes") { Description = "Only the lanes of these targets, separated by commas. Default: all.", HelpName = "a,b" };
        lanes.CompletionSources.Add(Suggestions.Targets(surroundings));
        var noDashboard = new Option<bool>("--no-dashboard") { Description = "Serve lanes only. Health checks still answer." };
        var command = new Command("serve", "Run the queued loads, and serve dashboard and API, until SIGINT or SIGTERM.") { lanes, noDashboard };
        command.SetAction((parsed, token) =>
        {
            var configuration = LoaderAccess.Configure(parsed.GetValue(SharedOptions.Home), parsed.GetValue(SharedOptions.Set) ?? []);
            if (parsed.GetValue(lanes) is { } wanted)
            {
                Keep(configuration, wanted.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
            }

            return LongRun.RunAsync(configuration, EtlLoaderRoles.Lanes, !parsed.GetValue(noDashboard), LogLevel.Information, surroundings, token);
        });
        return command;
    }

    /// <summary>Says which lanes this process serves; the others stay known, for requests that name them.</summary>
    private static void Keep(IConfiguration configuration, string[] wanted)
    {
        var known = configuration.GetSection("Loader:Targets").GetChildren().Select(t => t.Key).ToArray();
        if (wanted.Except(known, StringComparer.Ordinal).FirstOrDefault() is { } unknown)
        {
            throw new LoaderException(
                $"--lanes names '{unknown}'; configured targets are: {string.Join(", ", known)}.", known.Length == 0 ? null : $"Did you mean {Nearest.To(unknown, known)}?");
        }

        for (var i = 0; i < wanted.Length; i++)
        {
            configuration[$"Loader:Lanes:{i}"] = wanted[i];
        }
    }
}
