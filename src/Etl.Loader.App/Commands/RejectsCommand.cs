using System.CommandLine;
using Etl.Loader.App.Output;
using Etl.Loader.App.Rejected;
using Etl.Loader.Dashboard.Api;
using Etl.Loader.Faults;
using Etl.Loader.Ledger;
using Etl.Loader.Survey;
using Etl.Loader.Targets;
using Microsoft.Extensions.DependencyInjection;

namespace Etl.Loader.App.Commands;

/// <summary><c>rejects</c>: the rows that a load left aside, to be read or to be repaired and delivered.</summary>
internal static class RejectsCommand
{
    private const int Shown = 100;

    public static Command Build(Surroundings surroundings)
    {
        var id = SharedOptions.Load(surroundings, LoadStatus.Loaded);
        var output = new Option<string?>("--out") { Description = "Write the rows as they were delivered, under their header, to be repaired and delivered with --append.", HelpName = "FILE" };
        var json = SharedOptions.Json();
        var command = new Command("rejects", "Show the rows of a load that were rejected, or write them to a file.") { id, output, json };
        command.SetAction(async (parsed, token) =>
        {
            await using var loader = surroundings.Connect(parsed);
            var load = await loader.Queries.ResolveAsync(parsed.GetRequiredValue(id), token);
            var record = (await loader.Queries.GetAsync(load, token)).Load;
            RequireLoaded(record);
            var target = loader.Services.GetRequiredService<TargetCatalog>().Get(record.Spec.Target);
            var rejects = record.RowsRejected is > 0 ? await ReadAsync(target, load, token) : [];
            if (parsed.GetValue(output) is { } path)
            {
                await RepairFile.WriteAsync(path, record, rejects, surroundings, token);
            }
            else if (parsed.GetValue(json))
            {
                surroundings.Out.WriteLine(ApiJson.Text(rejects));
            }
            else
            {
                Write(rejects, surroundings);
            }

            return ExitCodes.Done;
        });
        return command;
    }

    private static void RequireLoaded(LoadRecord load)
    {
        if (load.Status != LoadStatus.Loaded)
        {
            throw new LoaderException(
                $"Load {load.Id.Short} is {Words.Of(load.Status)}; only loads that ended as loaded keep rejected rows.",
                $"To see what is wrong with the file: etl-loader check FILE. To see its first fault: etl-loader show {load.Id.Short}");
        }
    }

    private static async Task<List<RejectedRecord>> ReadAsync(ILoadTarget target, LoadId load, CancellationToken token)
    {
        try
        {
            var rejects = new List<RejectedRecord>();
            await foreach (var reject in target.ReadRejectsAsync(load, token))
            {
                rejects.Add(reject);
            }

            return rejects;
        }
        catch (Exception fault) when (!token.IsCancellationRequested && target.Classify(fault) is { Kind: FaultKind.Outage or FaultKind.Transient })
        {
            throw new NotReachableException($"Target '{target.Name}' does not answer: {target.Classify(fault).Reason}", target.Classify(fault).Hint, fault);
        }
    }

    private static void Write(List<RejectedRecord> rejects, Surroundings surroundings)
    {
        if (rejects.Count == 0)
        {
            surroundings.Error.WriteLine("No row was rejected.");
            return;
        }

        var table = new TextTable(TextColumn.Name("FILE"), TextColumn.Number("LINE"), TextColumn.Name("COLUMN"), "REASON", "ROW");
        foreach (var reject in rejects.Take(Shown))
        {
            table.Add(reject.File, reject.Line.ToString(), reject.Column ?? "", reject.Reason, reject.Raw.Length > Shown ? reject.Raw[..Shown] + "…" : reject.Raw);
        }

        table.Write(surroundings);
        if (rejects.Count > Shown)
        {
            surroundings.Error.WriteLine($"{Words.Rows(rejects.Count - Shown)} more; use --json or --out FILE for all of them.");
        }
    }
}
