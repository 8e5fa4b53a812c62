using System.CommandLine;
using System.Text.Json.Serialization;
using Etl.Loader.App.Output;
using Etl.Loader.Dashboard.Api;
using Etl.Loader.Inboxes.Due;
using Etl.Loader.Ledger;

namespace Etl.Loader.App.Commands;

/// <summary><c>status</c>: what runs, waits and failed, the lanes and the watchers, and whether anybody is there to do the work.</summary>
internal static class StatusCommand
{
    public static Command Build(Surroundings surroundings)
    {
        var watch = new Option<bool>("--watch") { Description = "Keep refreshing until Ctrl-C." };
        var json = SharedOptions.Json();
        var command = new Command(
            "status", "Show running, waiting and failed loads, the lanes and the watchers. Exit code 3: a lane is not served, an inbox is not watched, or the queue database does not answer.") { watch, json };
        command.SetAction(async (parsed, token) =>
        {
            await using var loader = surroundings.Connect(parsed);
            var reading = StatusReading.Of(loader.Services);
            if (parsed.GetValue(watch))
            {
                return await new StatusWatch(reading, surroundings).RunAsync(token);
            }

            var status = await reading.ReadAsync(token);
            if (parsed.GetValue(json))
            {
                surroundings.Out.WriteLine(ApiJson.Text(status));
            }
            else
            {
                Write(status, surroundings);
            }

            var missing = reading.Missing(status);
            foreach (var problem in missing)
            {
                surroundings.Error.WriteLine($"error: {Words.Plain(problem.ToString())}");
            }

            return missing.Count == 0 ? ExitCodes.Done : ExitCodes.NotReachable;
        });
        return command;
    }

    private static void Write(Status status, Surroundings surroundings)
    {
        var now = surroundings.Time.GetUtcNow();
        surroundings.Out.WriteLine(CountsOf(status));
        foreach (var lane in status.Lanes)
        {
            surroundings.Out.WriteLine($"{lane.Target}: {Words.Plain(OutlookText.Of(lane.Outlook))}");
        }

        foreach (var late in status.Late)
        {
            surroundings.Out.WriteLine(Words.Plain($"late: {late}"));
        }

        if (status.Active.Count > 0)
        {
            LoadTable.Of(status.Active, now).Write(surroundings);
        }

        var lanes = new TextTable("LANE", "STATE", "HOLDER", "EPOCH", "WAITING", "BYTES");
        foreach (var lane in status.Lanes)
        {
            lanes.Add(lane.Target, Words.Plain(lane.Says), lane.Holder ?? "nobody", lane.Epoch?.ToString() ?? "", Words.Rows(lane.QueuedLoads), Words.Bytes(lane.QueuedBytes));
        }

        lanes.Write(surroundings);
        var watchers = new TextTable("INBOX", "WATCHER", "MODE", "STATE", "LAST SCAN");
        foreach (var watcher in status.Watchers)
        {
            var scan = watcher.LastScanAt is { } at ? Words.Ago(at, now) : "never";
            watchers.Add(watcher.Inbox, $"{watcher.Host}:{watcher.ProcessId}", watcher.Mode, Words.Plain(watcher.Says), scan);
        }

        watchers.Write(surroundings);
    }

    internal static string CountsOf(Status status) => string.Join(
        ", ",
        Enum.GetValues<LoadStatus>().Where(s => status.Counts.GetValueOrDefault(s) > 0).Select(s => $"{Words.Rows(status.Counts[s])} {Words.Of(s)}").DefaultIfEmpty("No loads yet"));

    internal sealed record Status(
        IReadOnlyDictionary<LoadStatus, long> Counts,
        IReadOnlyList<LoadSummary> Active,
        IReadOnlyList<LaneStatus> Lanes,
        IReadOnlyList<WatcherReport> Watchers,
        IReadOnlyList<LateDelivery> Late);
}
