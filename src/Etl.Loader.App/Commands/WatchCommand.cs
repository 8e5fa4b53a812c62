using System.CommandLine;
using Etl.Loader.App.Composition;
using Etl.Loader.App.Output;
using Microsoft.Extensions.Logging;

namespace Etl.Loader.App.Commands;

/// <summary><c>watch</c>: the watcher role; answers health requests at Loader:Http:Port.</summary>
internal static class WatchCommand
{
    public static Command Build(Surroundings surroundings)
    {
        var command = new Command("watch", "Watch the inboxes and accept triggered datasets, until SIGINT or SIGTERM.");
        command.SetAction((parsed, token) =>
        {
            var configuration = LoaderAccess.Configure(parsed.GetValue(SharedOptions.Home), parsed.GetValue(SharedOptions.Set) ?? []);
            return LongRun.RunAsync(configuration, EtlLoaderRoles.Watcher, dashboard: false, LogLevel.Information, surroundings, token);
        });
        return command;
    }
}
