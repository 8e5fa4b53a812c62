using System.CommandLine;
using Etl.Loader.App.Output;
using Etl.Loader.Dashboard.Api;
using Etl.Loader.Ledger;

namespace Etl.Loader.App.Commands;

/// <summary><c>show</c>: all that the ledger knows of one load.</summary>
internal static class ShowCommand
{
    public static Command Build(Surroundings surroundings)
    {
        var id = SharedOptions.Load(surroundings);
        var json = SharedOptions.Json();
        var command = new Command("show", "Show one load with its attempts and its receipt.") { id, json };
        command.SetAction(async (parsed, token) =>
        {
            await using var loader = surroundings.Connect(parsed);
            var load = await loader.Queries.ResolveAsync(parsed.GetRequiredValue(id), token);
            var details = await loader.Queries.FindAsync(load, token) ?? throw new LoaderException($"There is no load {load}.", "See: etl-loader loads");
            if (parsed.GetValue(json))
            {
                surroundings.Out.WriteLine(ApiJson.Text(details));
            }
            else
            {
                Write(details, surroundings);
            }

            return ExitCodes.Done;
        });
        return command;
    }

    private static void Write(LoadDetails details, Surroundings surroundings)
    {
        var load = details.Load;
        var now = surroundings.Time.GetUtcNow();
        foreach (var (name, value) in Facts(load, now).Where(fact => !string.IsNullOrEmpty(fact.Value)))
        {
            surroundings.Out.WriteLine($"{name,-10} {Words.Plain(value)}");
        }

        Write(details.Attempts, now, surroundings);
        if (load.Receipt is { } receipt)
        {
            surroundings.Out.WriteLine("\nreceipt");
            foreach (var line in receipt.Split('\n'))
            {
                surroundings.Out.WriteLine($"  {Words.Plain(line)}");
            }
        }
    }

    private static void Write(IReadOnlyList<AttemptRecord> listed, DateTimeOffset now, Surroundings surroundings)
    {
        if (listed.Count == 0)
        {
            return;
        }

        surroundings.Out.WriteLine();
        var attempts = new TextTable("ATTEMPT", "STARTED", "TOOK", "OUTCOME", "BY", "EPOCH", "ERROR");
        foreach (var attempt in listed)
        {
            attempts.Add(
                attempt.Attempt.ToString(),
                Words.Time(attempt.StartedAt),
                Words.Span((attempt.FinishedAt ?? now) - attempt.StartedAt),
                attempt.Outcome?.ToString().ToLowerInvariant() ?? "running",
                $"{attempt.Host}:{attempt.ProcessId}",
                attempt.Epoch.ToString(),
                attempt.Error ?? "");
        }

        attempts.Write(surroundings);
    }

    private static IEnumerable<(string Name, string? Value)> Facts(LoadRecord load, DateTimeOffset now) =>
    [
        ("load", load.Id.ToString()),
        ("status", $"{Words.Of(load.Status)}{(load.Status == LoadStatus.Loading ? $", {Words.Of(load.Stage)} {Words.Progress(load.BytesDone, load.BytesTotal)}" : "")}"),
        ("dataset", $"{load.Spec.Inbox}/{load.Spec.Dataset}"),
        ("files", string.Join(", ", load.Spec.Files.Select(f => $"{f.Path} ({Words.Bytes(f.Bytes)})"))),
        ("table", $"{load.Spec.Target}: {(load.Spec.TableSchema is { } schema ? schema + "." : "")}{load.Spec.TableName}"),
        ("rows", load.RowsLoaded is null ? null : $"{Words.Rows(load.RowsLoaded)} loaded, {Words.Rows(load.RowsRejected ?? 0)} rejected"),
        ("accepted", $"{Words.Time(load.AcceptedAt)} ({Words.Ago(load.AcceptedAt, now)})"),
        ("started", Words.Time(load.StartedAt)),
        ("finished", Words.Time(load.FinishedAt)),
        ("next try", Words.Time(load.NextAttemptAt)),
        ("waits for", load.WaitsFor),
        ("error", load.Error),
        ("line", load.ErrorLine?.ToString()),
        ("to do", load.Hint),
    ];
}
