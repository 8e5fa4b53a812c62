using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Etl.Loader.Inboxes.Due;
using Etl.Loader.Ledger;
using Etl.Loader.Telemetry;

namespace Etl.Loader.Notifications;

/// <summary>What a notification says: <c>type</c>, <c>timestamp</c> and <c>data</c>, as docs/notifications.md promises it.</summary>
internal static class NotificationBody
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Of(OutboxEvent reported) => new JsonObject
    {
        ["type"] = reported.Event,
        ["timestamp"] = JsonSerializer.SerializeToNode(reported.At, Options),
        ["data"] = reported.Load is { } load ? DataOf(load, reported.Details) : JsonNode.Parse(reported.Details ?? "{}"),
    }.ToJsonString(Options);

    public static string Details(LateDelivery late) => JsonSerializer.Serialize(
        new LateData(late.Inbox, late.Match, late.Target, late.Table, late.DueAt, late.LastAcceptedAt), Options);

    /// <param name="seconds">How long the lane has not got on, as far as this process has seen.</param>
    public static string Details(LaneFigures lane, double seconds) => JsonSerializer.Serialize(
        new StalledData(lane.Target, lane.Held, lane.Waits, lane.Loads, lane.Bytes, (long)lane.OldestAge.TotalSeconds, (long)seconds), Options);

    /// <param name="changes">Of the table's columns, as JSON; null: the event is none of these.</param>
    private static JsonNode DataOf(OutboxLoad load, string? changes)
    {
        var data = JsonSerializer.SerializeToNode(Data(load), Options)!;
        if (changes is not null)
        {
            data[SchemaChanges.Key] = JsonNode.Parse(changes);
        }

        return data;
    }

    private static LoadData Data(OutboxLoad load) => new(
        load.LoadId.ToString(), load.Inbox, load.Dataset, load.Target, load.TableName, load.Attempt, load.RowsLoaded, load.RowsRejected, load.BytesTotal,
        load.AcceptedAt, load.FinishedAt, load.Error, load.ErrorLine, load.Hint);

    internal sealed record LoadData(
        string LoadId,
        string Inbox,
        string Dataset,
        string Target,
        string TableName,
        int Attempt,
        long? RowsLoaded,
        long? RowsRejected,
        long? Bytes,
        DateTimeOffset AcceptedAt,
        DateTimeOffset? FinishedAt,
        string? Error,
        long? ErrorLine,
        string? Hint);

    internal sealed record LateData(string Inbox, string Match, string? Target, string? TableName, DateTimeOffset DueAt, DateTimeOffset? LastAcceptedAt);

    internal sealed record StalledData(string Target, bool Held, bool WaitsForOutage, long QueuedLoads, long QueuedBytes, long OldestAgeSeconds, long StandsForSeconds);
}
