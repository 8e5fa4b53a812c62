using Etl.Loader.App.Composition;
using Etl.Loader.App.Configuration;
using Etl.Loader.Inboxes;
using Etl.Loader.Targets;
using Microsoft.Extensions.Configuration;

namespace Etl.Loader.App.Doctor;

/// <summary>All checks, in the order in which a person would fix things. A check that fails does not keep the others from running.</summary>
internal static class Examination
{
    public static async Task<IReadOnlyList<Finding>> RunAsync(IConfiguration configuration, CleanRequest? clean, TimeProvider time, CancellationToken token)
    {
        var faults = ConfigurationCheck.FindFaults(configuration);
        if (faults.Count > 0)
        {
            return [.. faults.Select(f => new Finding("configuration", FindingLevel.Fault, f.ToString(), "Correct it."))];
        }

        var loader = configuration.GetSection(LoaderOptions.Section).Get<LoaderOptions>() ?? new LoaderOptions();
        var findings = new List<Finding>
        {
            new("configuration", FindingLevel.Ok, $"{Amounts.Counted(loader.Targets.Count, "target")}, {Amounts.Counted(loader.Inboxes.Count, "inbox", "inboxes")}"),
            await DatabaseCheck.RunAsync("queue", configuration.GetConnectionString("Queue")!, time, token),
        };
        foreach (var (name, target) in loader.Targets)
        {
            findings.Add(target.Kind == TargetKind.PostgreSql
                ? await DatabaseCheck.RunAsync($"target {name}", target.ConnectionString!, time, token)
                : DirectoryCheck.Writable($"target {name}", Path.GetDirectoryName(target.Path)!));
        }

        await using var access = findings.Any(f => f is { Check: "queue", Level: FindingLevel.Fault }) ? null : LoaderAccess.Open(configuration);
        foreach (var (name, inbox) in loader.Inboxes)
        {
            findings.Add(inbox.Markers == InboxOptions.NoMarkers
                ? await ReadOnlyInboxCheck.RunAsync(name, inbox.Path, access?.Services, token)
                : DirectoryCheck.Writable($"inbox {name}", inbox.Path));
        }

        findings.AddRange(SystemLimits.Check(loader));
        if (access is not null)
        {
            findings.AddRange(await LedgerCheck.RunAsync(access.Services, clean, token));
            findings.AddRange(await BoundaryCheck.RunAsync(access.Services, token));
        }

        return findings;
    }
}
