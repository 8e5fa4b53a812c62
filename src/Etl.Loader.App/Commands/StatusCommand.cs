using System.CommandLine;
using System.Text.Json.Serialization;
using Etl.Loader.App.Composition;
using Etl.Loader.App.Output;
using Etl.Loader.Dashboard.Api;
using Etl.Loader.Ledger;

namespace Etl.Loader.App.Commands;

/// <summary><c>status</c>: what runs, waits and failed, the lanes and the watchers.</summary>
internal static class StatusCommand
{
    private const int MostRunning = 50;

    public static Command Build(Surroundings surroundings)
    {
        var watch = new Option<bool>("--watch") { Description = "Keep showing, until Ctrl-C." };
        var json = SharedOptions.Json();
        var command = new Command("status", "Show what runs, waits and failed, the lanes and the watchers.") { watch, json };
        command.SetAction(async (parsed, token) =>
        {
            await using var loader = surroundings.Connect(parsed);
            if (parsed.GetValue(watch))
            {
                return await new StatusWatch(loader.Queries, surroundings).RunAsync(token);
            }

            var status = await ReadAsync(loader.Queries, token);
            if (parsed.GetValue(json))
            {
                surroundings.Out.WriteLine(ApiJson.Text(status));
            }
            else
            {
                Write(status, surroundings);
            }

            return ExitCodes.Done;
        });
        return command;
    }

    internal static async Task<Status> ReadAsync(ILoadQueries queries, CancellationToken token)
    {
        var active = await queries.ListAsync(new LoadFilter { Statuses = [LoadStatus.Loading, LoadStatus.Retrying] }, null, MostRunning, token);
        return new Status(
            (await queries.CountAsync(token)).Counts,
            active.Loads,
            await queries.LanesAsync(token),
            await queries.WatchersAsync(token),
            await queries.OutlookAsync(token));
    }

    private static void Write(Status status, Surroundings surroundings)
    {
        var now = surroundings.Time.GetUtcNow();
        surroundings.Out.WriteLine(CountsOf(status));
        foreach (var lane in status.Outlook)
        {
            surroundings.Out.WriteLine($"{lane.Target}: {Words.Plain(OutlookText.Of(lane))}");
        }

        if (status.Active.Count > 0)
        {
            LoadTable.Of(status.Active, now).Write(surroundings);
        }

        var lanes = new TextTable("LANE", "STATE", "HOLDER", "EPOCH", "WAITING", "BYTES");
        foreach (var lane in status.Lanes)
        {
            lanes.Add(lane.Target, StateOf(lane, now), lane.Holder ?? "nobody", lane.Epoch?.ToString() ?? "", Words.Rows(lane.QueuedLoads), Words.Bytes(lane.QueuedBytes));
        }

        lanes.Write(surroundings);
        var watchers = new TextTable("INBOX", "WATCHER", "MODE", "STATE", "LAST SCAN");
        foreach (var watcher in status.Watchers)
        {
            var scan = watcher.LastScanAt is { } at ? Words.Ago(at, now) : "never";
            watchers.Add(watcher.Inbox, $"{watcher.Host}:{watcher.ProcessId}", watcher.Mode, watcher.State, scan);
        }

        watchers.Write(surroundings);
    }

    internal static string CountsOf(Status status) => string.Join(
        ", ",
        Enum.GetValues<LoadStatus>().Where(s => status.Counts.GetValueOrDefault(s) > 0).Select(s => $"{Words.Rows(status.Counts[s])} {Words.Of(s)}").DefaultIfEmpty("No loads yet"));

    internal static string StateOf(LaneStatus lane, DateTimeOffset now) => lane switch
    {
        { PausedAt: { } at } => $"paused {Words.Ago(at, now)} by {lane.PausedBy}{(lane.PauseReason is null ? "" : $": {lane.PauseReason}")}",
        { WaitsFor: { } outage } => $"waits: {outage}",
        { Running: { } load } => $"loading {Words.Short(load)}",
        { Holder: null } => "not served",
        _ => "idle",
    };

    internal sealed record Status(
        IReadOnlyDictionary<LoadStatus, long> Counts,
        IReadOnlyList<LoadSummary> Active,
        IReadOnlyList<LaneStatus> Lanes,
        IReadOnlyList<WatcherReport> Watchers,
        [property: JsonIgnore] IReadOnlyList<LaneOutlook> Outlook);
}
