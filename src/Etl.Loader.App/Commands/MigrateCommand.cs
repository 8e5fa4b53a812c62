using System.CommandLine;
using Etl.Loader.App.Output;
using Etl.Loader.Ledger;
using Etl.Loader.Queue;
using Microsoft.Extensions.DependencyInjection;

namespace Etl.Loader.App.Commands;

/// <summary><c>migrate</c>: the queue database's schema, applied or as text for a DBA.</summary>
internal static class MigrateCommand
{
    public static Command Build(Surroundings surroundings)
    {
        var sql = new Option<bool>("--sql") { Description = "Print the statements instead of running them." };
        var command = new Command("migrate", "Bring the schema of the queue database up to date.") { sql };
        command.SetAction(async (parsed, token) =>
        {
            if (parsed.GetValue(sql))
            {
                surroundings.Out.Write(LedgerMigrator.Script());
                return ExitCodes.Done;
            }

            await using var loader = surroundings.Connect(parsed);
            var applied = await DatabaseStartup.MigrateAsync(
                loader.Services.GetRequiredService<LedgerMigrator>(), loader.Services.GetRequiredService<HangfireSchema>(), token);
            surroundings.Out.WriteLine(applied.Count == 0 ? "The schema is up to date." : $"Applied: {string.Join(", ", applied)}");
            return ExitCodes.Done;
        });
        return command;
    }
}
