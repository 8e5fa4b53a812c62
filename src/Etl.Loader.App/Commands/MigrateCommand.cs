using System.CommandLine;
using Etl.Loader.App.Output;
using Etl.Loader.Ledger;
using Etl.Loader.Queue;
using Etl.Loader.Targets;
using Microsoft.Extensions.DependencyInjection;

namespace Etl.Loader.App.Commands;

/// <summary><c>migrate</c>: the schema of the queue database or of a target, applied or as text for a DBA.</summary>
internal static class MigrateCommand
{
    public static Command Build(Surroundings surroundings)
    {
        var sql = new Option<bool>("--sql") { Description = "Print the statements instead of running them." };
        var target = new Option<string?>("--target") { Description = "Our own tables in this target instead of the queue database.", HelpName = "T" };
        var command = new Command("migrate", "Bring the schema of the queue database up to date, or that of a target.") { sql, target };
        command.SetAction(async (parsed, token) =>
        {
            var wanted = parsed.GetValue(target);
            if (wanted is null && parsed.GetValue(sql))
            {
                surroundings.Out.Write(LedgerMigrator.Script());
                surroundings.Out.Write(HangfireSchema.Script());
                return ExitCodes.Done;
            }

            await using var loader = surroundings.Connect(parsed);
            return wanted is null
                ? await MigrateQueueAsync(loader.Services, surroundings, token)
                : await MigrateTargetAsync(loader.Services.GetRequiredService<TargetCatalog>().Get(wanted), parsed.GetValue(sql), surroundings, token);
        });
        return command;
    }

    private static async Task<int> MigrateQueueAsync(IServiceProvider services, Surroundings surroundings, CancellationToken token)
    {
        var applied = await DatabaseStartup.MigrateAsync(services.GetRequiredService<LedgerMigrator>(), services.GetRequiredService<HangfireSchema>(), token);
        surroundings.Out.WriteLine(applied.Count == 0 ? "The schema is up to date." : $"Applied: {string.Join(", ", applied)}");
        return ExitCodes.Done;
    }

    private static async Task<int> MigrateTargetAsync(ILoadTarget target, bool asText, Surroundings surroundings, CancellationToken token)
    {
        if (asText)
        {
            surroundings.Out.Write(target.SchemaScript ?? throw new LoaderException($"Target '{target.Name}' makes its tables in its own file; there is nothing to print."));
            return ExitCodes.Done;
        }

        await target.MigrateAsync(token);
        surroundings.Out.WriteLine("The schema is up to date.");
        return ExitCodes.Done;
    }
}
