using Etl.Loader.App.Commands;
using Etl.Loader.Ledger;
using Etl.Loader.Loads;
using Etl.Loader.Targets;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Etl.Loader.App.Doctor;

/// <summary>Whether ledger and targets fit together, and what dead loads left in the targets.</summary>
internal static class LedgerCheck
{
    private const int Named = 10;

    /// <param name="clean">Null: nothing is removed.</param>
    public static async Task<IReadOnlyList<Finding>> RunAsync(IServiceProvider services, CleanRequest? clean, CancellationToken token)
    {
        var findings = new List<Finding>();
        try
        {
            if (!await services.GetRequiredService<LedgerMigrator>().IsCurrentAsync(token))
            {
                return [new Finding("ledger", FindingLevel.Warning, "its schema is missing or older than this version needs", "Run: etl-loader migrate")];
            }

            var reading = StatusReading.Of(services);
            var status = await reading.ReadAsync(token);
            findings.AddRange(ServiceCheck.Run(status, reading.Missing(status)));
            var lanes = status.Lanes.ToDictionary(l => l.Target, StringComparer.Ordinal);
            var targets = services.GetRequiredService<TargetCatalog>();
            foreach (var target in targets.Names.Select(targets.Get))
            {
                findings.AddRange(await CheckAsync(services, target, lanes.GetValueOrDefault(target.Name), clean, token));
            }
        }
        catch (NpgsqlException)
        {
            // That the queue database does not answer has been reported.
        }

        return findings;
    }

    private static async Task<IReadOnlyList<Finding>> CheckAsync(
        IServiceProvider services, ILoadTarget target, LaneStatus? lane, CleanRequest? clean, CancellationToken token)
    {
        var check = $"lane {target.Name}";
        var findings = new List<Finding>();
        if (lane is { Reconciled: { } reconciled, ReconciledAt: { } at })
        {
            findings.Add(new Finding(check, FindingLevel.Ok, FormattableString.Invariant($"{at:u}: {reconciled}")));
        }

        try
        {
            if (target.File is { IsMissing: true } file && await services.GetRequiredService<LaneLedger>().HasPublishedAsync(target.Name, token))
            {
                findings.Add(new Finding(
                    check,
                    FindingLevel.Fault,
                    $"{file.Path} is missing, and the ledger knows of loads in it: the target is away and its loads wait",
                    $"Mount or restore the file. To start with an empty one: etl-loader migrate --target {target.Name} --new-file"));
                return findings;
            }

            var unproven = await services.GetRequiredService<ReceiptComparison>().UnprovenAsync(target, all: true, token);
            if (unproven.Count > 0)
            {
                findings.Add(new Finding(
                    check,
                    FindingLevel.Warning,
                    $"{Amounts.Counted(unproven.Count, "load is", "loads are")} loaded according to the ledger, with no receipt in the target, which was restored or replaced: {Names(unproven)}",
                    $"If their files still exist: etl-loader reload {string.Join(' ', unproven.Take(Named))}"));
            }

            foreach (var missing in (await target.Upkeep.MissingTablesAsync(token)).Where(m => !unproven.Contains(m.Load)))
            {
                findings.Add(new Finding(check, FindingLevel.Warning, $"table missing: {missing.Table}, made by load {missing.Load}", $"etl-loader reload {missing.Load}"));
            }

            findings.AddRange(await StagingCheck.RunAsync(services, target, lane, clean, token));
        }
        catch (Exception fault) when (!token.IsCancellationRequested)
        {
            findings.Add(new Finding(check, FindingLevel.Warning, $"cannot be compared with the ledger now: {fault.Message}", (fault as LoaderException)?.Hint));
        }

        return findings;
    }

    private static string Names(IReadOnlyList<LoadId> loads) => string.Join(", ", loads.Take(Named)) + (loads.Count > Named ? ", …" : "");
}
