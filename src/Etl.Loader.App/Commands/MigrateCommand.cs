using System.CommandLine;
using Etl.Loader.App.Output;
using Etl.Loader.Ledger;
using Etl.Loader.Queue.Actions;
using Etl.Loader.Queue.Storage;
using Etl.Loader.Targets;
using Microsoft.Extensions.DependencyInjection;

namespace Etl.Loader.App.Commands;

/// <summary><c>migrate</c>: the schema of the queue database or of a target, applied or as text for a DBA.</summary>
internal static class MigrateCommand
{
    public static Command Build(Surroundings surroundings)
    {
        var sql = new Option<bool>("--sql") { Description = "Print the statements instead of running them." };
        var target = SharedOptions.Target(surroundings, "Migrate the loader's tables in this target instead of the queue database.");
        var newFile = new Option<bool>("--new-file") { Description = "Create a new, empty file for a DuckDB target whose file is missing." };
        var reason = SharedOptions.Reason();
        var command = new Command("migrate", "Bring the schema of the queue database up to date, or that of a target.") { sql, target, newFile, reason };
        command.Validators.Add(result =>
        {
            // What was said is looked at, not its value: one that cannot be read has its own error.
            if (result.GetResult(newFile) is { Implicit: false } && (result.GetResult(target) is null || result.GetResult(sql) is { Implicit: false }))
            {
                result.AddError("--new-file needs --target T and cannot be combined with --sql.");
            }
        });
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
            if (wanted is not null && parsed.GetValue(newFile))
            {
                return await BeginFileAsync(loader.Services, wanted, surroundings.ActorFor(parsed.GetValue(reason)), surroundings, token);
            }

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

    /// <summary>Noted before it is done: who cannot write the audit begins no file.</summary>
    private static async Task<int> BeginFileAsync(IServiceProvider services, string name, Actor actor, Surroundings surroundings, CancellationToken token)
    {
        var file = services.GetRequiredService<TargetCatalog>().Get(name).File
            ?? throw new LoaderException($"Target '{name}' is a server, not a file.", "--new-file is for DuckDB targets.");
        if (!file.IsMissing)
        {
            throw new LoaderException($"Target '{name}': {file.Path} already exists; nothing was changed.", "Move it away first if a new file should take its place.");
        }

        await services.GetRequiredService<LedgerActions>().AuditAsync(actor.Name, "new file", actor.Reason, null, name, file.Path, token);
        await file.BeginAsync(token);
        surroundings.Out.WriteLine($"Created {file.Path}, empty. It does not contain the loads of the old file: 'etl-loader doctor' lists them with the command that loads them again.");
        return ExitCodes.Done;
    }

    private static async Task<int> MigrateTargetAsync(ILoadTarget target, bool asText, Surroundings surroundings, CancellationToken token)
    {
        if (asText)
        {
            surroundings.Out.Write(target.SchemaScript ?? throw new LoaderException($"Target '{target.Name}' creates its tables in its own file; there is nothing to print."));
            return ExitCodes.Done;
        }

        await target.MigrateAsync(token);
        surroundings.Out.WriteLine("The schema is up to date.");
        return ExitCodes.Done;
    }
}
