using System.CommandLine;
using Etl.Loader.App.Output;
using Etl.Loader.Dashboard.Api;

namespace Etl.Loader.App.Commands;

/// <summary><c>show</c>: all that the ledger knows of one load.</summary>
internal static class ShowCommand
{
    public static Command Build(Surroundings surroundings)
    {
        var id = SharedOptions.Load(surroundings);
        var json = SharedOptions.Json();
        var command = new Command("show", "Show one load with its columns, its attempts and their log.") { id, json };
        command.SetAction(async (parsed, token) =>
        {
            await using var loader = surroundings.Connect(parsed);
            var details = await loader.Queries.GetAsync(await loader.Queries.ResolveAsync(parsed.GetRequiredValue(id), token), token);
            if (parsed.GetValue(json))
            {
                surroundings.Out.WriteLine(ApiJson.Text(details));
            }
            else
            {
                ShowReport.Write(details, surroundings);
            }

            return ExitCodes.Done;
        });
        return command;
    }
}
