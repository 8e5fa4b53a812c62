using System.CommandLine;
using Etl.Loader.App.Composition;
using Etl.Loader.App.Doctor;
using Etl.Loader.App.Output;
using Etl.Loader.Dashboard.Api;

namespace Etl.Loader.App.Commands;

/// <summary><c>doctor</c>: finds what keeps loads from running before they do.</summary>
internal static class DoctorCommand
{
    public static Command Build(Surroundings surroundings)
    {
        var json = SharedOptions.Json();
        var clean = new Option<bool>("--clean") { Description = "Remove what dead loads left in the targets' staging, where no process serves the lane. Asks first." };
        var dryRun = SharedOptions.DryRun();
        dryRun.Description = "With --clean: print what would be removed, and remove nothing.";
        var yes = SharedOptions.Yes();
        yes.Description = "With --clean: remove without asking.";
        var command = new Command("doctor", "Check configuration, connections, inboxes, system limits, disk, and whether ledger and targets agree. Exit code 2: a fault in the configuration or on the machine; 3: a database does not answer, or a lane or inbox has lost its process.") { clean, dryRun, yes, json };
        command.Validators.Add(result =>
        {
            if (result.GetResult(clean) is null or { Implicit: true } && (new[] { dryRun, yes }).FirstOrDefault(o => result.GetResult(o) is { Implicit: false }) is { } alone)
            {
                result.AddError($"{alone.Name} goes with --clean.");
            }
        });
        command.SetAction(async (parsed, token) =>
        {
            var findings = new List<Finding>();
            var request = parsed.GetValue(clean) ? Request(parsed.GetValue(dryRun), parsed.GetValue(yes), parsed.GetValue(json), surroundings, token) : null;
            try
            {
                var configuration = LoaderAccess.Configure(parsed.GetValue(SharedOptions.Home), parsed.GetValue(SharedOptions.Set) ?? []);
                findings.AddRange(await Examination.RunAsync(configuration, request, surroundings.Time, token));
            }
            catch (NotReachableException fault)
            {
                findings.Add(new Finding("up", FindingLevel.Fault, fault.Message, fault.Hint, NotReachable: true));
            }

            if (parsed.GetValue(json))
            {
                surroundings.Out.WriteLine(ApiJson.Text(findings));
            }
            else
            {
                Write(findings, surroundings);
            }

            var faults = findings.Where(f => f.Level == FindingLevel.Fault).ToArray();
            return faults.Length == 0 ? ExitCodes.Done : faults.All(f => f.NotReachable) ? ExitCodes.NotReachable : ExitCodes.Usage;
        });
        return command;
    }

    private static CleanRequest Request(bool dryRun, bool yes, bool json, Surroundings surroundings, CancellationToken token) =>
        dryRun || yes ? CleanRequest.Confirmed with { DryRun = dryRun }
        : !json && surroundings.Confirm is { } confirm ? new(DryRun: false, question => Task.Run(() => confirm(question), token).WaitAsync(token))
        : throw new LoaderException(
            "doctor --clean removes what dead loads left in staging, and there is no terminal to ask on.", "Add --yes to remove it, or --dry-run to see what would be removed.");

    private static void Write(List<Finding> findings, Surroundings surroundings)
    {
        var table = new TextTable("CHECK", "", "FOUND", "TO DO");
        foreach (var finding in findings)
        {
            table.Add(finding.Check, finding.Level.ToString().ToLowerInvariant(), finding.Found, finding.ToDo ?? "");
        }

        table.Write(surroundings);
    }
}
