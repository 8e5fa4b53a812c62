using System.CommandLine;
using Etl.Loader.App.Checking;
using Etl.Loader.App.Output;
using Etl.Loader.Dashboard.Api;

namespace Etl.Loader.App.Commands;

/// <summary><c>check</c>: what a load of a file would make of it, without loading.</summary>
internal static class CheckCommand
{
    public static Command Build(Surroundings surroundings)
    {
        var files = new Argument<string[]>("FILE") { Description = "Data files, anywhere. Each is checked as its own dataset.", Arity = ArgumentArity.OneOrMore };
        var target = SharedOptions.Target(surroundings, "Target whose types and tables to check against. Default: the inbox's target, or PostgreSQL types.");
        var table = new Option<string?>("--table") { Description = "Table; default: named after the file.", HelpName = "N" };
        var json = SharedOptions.Json();
        var command = new Command("check", "Show how files would be loaded: dialect, proven types, table and rejects. Writes nothing. Exit code 1: a file could not be loaded as it is.")
        {
            files, target, table, json,
        };
        command.SetAction(async (parsed, token) =>
        {
            await using var surrounding = CheckContext.Find(() => surroundings.Connect(parsed));
            var checks = new List<CheckResult>();
            foreach (var file in parsed.GetRequiredValue(files))
            {
                checks.Add(await new FileCheck(surrounding, surroundings.Time).RunAsync(file, parsed.GetValue(target), parsed.GetValue(table), token));
                if (!parsed.GetValue(json))
                {
                    CheckReport.Write(checks[^1], surroundings);
                }
            }

            if (parsed.GetValue(json))
            {
                surroundings.Out.WriteLine(ApiJson.Text(checks));
            }

            return checks.All(c => c.Error is null) ? ExitCodes.Done : ExitCodes.LoadsFailed;
        });
        return command;
    }
}
