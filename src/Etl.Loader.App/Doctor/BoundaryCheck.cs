using Etl.Loader.Ledger;
using Etl.Loader.Queue.Storage;
using Etl.Loader.Targets;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Etl.Loader.App.Doctor;

/// <summary>Whether anybody has tried, or could try, what the roles of the databases are to keep from them.</summary>
internal static class BoundaryCheck
{
    private const int Named = 5;

    public static async Task<IReadOnlyList<Finding>> RunAsync(IServiceProvider services, CancellationToken token)
    {
        var findings = new List<Finding>();
        try
        {
            if (!await services.GetRequiredService<LedgerMigrator>().IsCurrentAsync(token))
            {
                return [];
            }

            var boundaries = services.GetRequiredService<Boundaries>();
            findings.AddRange(await RefusedJobsAsync(boundaries, token));
            findings.AddRange(await QueueAsync(boundaries, token));
            var lanes = (await services.GetRequiredService<ILoadQueries>().LanesAsync(token)).ToDictionary(l => l.Target, StringComparer.Ordinal);
            var targets = services.GetRequiredService<TargetCatalog>();
            foreach (var target in targets.Names.Select(targets.Get))
            {
                findings.AddRange(await LockAsync(boundaries, target.Name, lanes.GetValueOrDefault(target.Name), token));
                findings.AddRange(await TargetAsync(target, token));
            }
        }
        catch (PostgresException fault) when (fault.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            findings.Add(new Finding("boundaries", FindingLevel.Warning, $"cannot be inspected with this role: {fault.MessageText}", "Run doctor with the loader's role, or run infra/postgres/roles.sql again."));
        }
        catch (NpgsqlException)
        {
            // That the queue database does not answer has been reported.
        }

        return findings;
    }

    private static async Task<IEnumerable<Finding>> RefusedJobsAsync(Boundaries boundaries, CancellationToken token)
    {
        var (count, newest) = await boundaries.RefusedJobsAsync(Named, token);
        return count == 0
            ? []
            : [new Finding(
                "jobs",
                FindingLevel.Fault,
                $"{Amounts.Counted(count, "row")} in Hangfire's tables that {(count == 1 ? "is" : "are")} not the job of a load; not run. "
                    + string.Join("; ", newest.Select(j => FormattableString.Invariant($"{j.At:u} by role {j.Role}: {j.Reason} ({j.Type})"))),
                "Find out who wrote them (etl_loader.refused_jobs has them in full), then delete the rows there.")];
    }

    private static async Task<IEnumerable<Finding>> QueueAsync(Boundaries boundaries, CancellationToken token)
    {
        var findings = new List<Finding>();
        foreach (var creator in await boundaries.CreatorsAsync(token))
        {
            findings.Add(new Finding(
                "queue", FindingLevel.Warning, $"role {creator.Role} may create objects in schema {creator.Schema}", $"REVOKE CREATE ON SCHEMA {creator.Schema} FROM {creator.Role}; infra/postgres/roles.sql does it."));
        }

        if (await boundaries.OtherSearchPathAsync(token) is { } path)
        {
            findings.Add(new Finding(
                "queue", FindingLevel.Warning, $"sessions have the search path '{path}' instead of '{TrustedSearchPath.Value}': a pooler drops start-up options",
                "Connect without it, or run infra/postgres/roles.sql, which sets the path for each role."));
        }

        return findings;
    }

    private static async Task<IEnumerable<Finding>> LockAsync(Boundaries boundaries, string target, LaneStatus? lane, CancellationToken token)
    {
        var holder = await boundaries.FindLockHolderAsync(target, token);
        return holder is null || (holder.IsNamedAsLoader(target) && lane?.Holder is not null)
            ? []
            : [new Finding($"lane {target}", FindingLevel.Fault, $"{holder} holds the lock of this lane and is not a known loader: no loader can take the lane", holder.ToDo)];
    }

    private static async Task<IEnumerable<Finding>> TargetAsync(ILoadTarget target, CancellationToken token)
    {
        try
        {
            var creators = await target.Upkeep.CreatorsAsync(token);
            return creators.Count == 0
                ? []
                : [new Finding(
                    $"target {target.Name}", FindingLevel.Warning, $"others may create objects where the loader writes: {string.Join(", ", creators)}",
                    "REVOKE CREATE ON SCHEMA … FROM …; infra/postgres/target-roles.sql does it for PUBLIC.")];
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // That the target does not answer has been reported.
            return [];
        }
    }
}
