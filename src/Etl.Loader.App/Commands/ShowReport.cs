using System.Globalization;
using System.Text.Json;
using Etl.Loader.App.Output;
using Etl.Loader.Ledger;

namespace Etl.Loader.App.Commands;

/// <summary>One load as people read it: the facts, its columns, its attempts and what the last of them reported.</summary>
internal static class ShowReport
{
    public static void Write(LoadDetails details, Surroundings surroundings)
    {
        var now = surroundings.Time.GetUtcNow();
        Receipt? receipt = details.Load.Receipt is { } json ? Receipt.Read(json) : null;
        Facts.Write(FactsOf(details, receipt, now), surroundings);

        if (receipt is { Columns.Count: > 0 })
        {
            surroundings.Out.WriteLine();
            var columns = new TextTable(TextColumn.Name("COLUMN"), "TYPE", TextColumn.Number("NULLS"), TextColumn.Name("IN THE FILE"), "WHY NOT NARROWER");
            foreach (var column in receipt.Columns)
            {
                columns.Add(column.Name, column.Type, Words.Rows(column.Nulls), column.Source, column.Excluded);
            }

            columns.Write(surroundings);
        }

        WriteAttempts(details.Attempts, now, surroundings);
    }

    private static void WriteAttempts(IReadOnlyList<AttemptRecord> listed, DateTimeOffset now, Surroundings surroundings)
    {
        if (listed is not [.., var last])
        {
            return;
        }

        surroundings.Out.WriteLine();
        var attempts = new TextTable(TextColumn.Number("ATTEMPT"), "STARTED", TextColumn.Number("TOOK"), "OUTCOME", "BY", TextColumn.Number("EPOCH"));
        foreach (var attempt in listed)
        {
            attempts.AddWithNote(
                attempt.Error ?? "",
                attempt.Attempt.ToString(CultureInfo.InvariantCulture),
                Words.Time(attempt.StartedAt),
                Words.Took((attempt.FinishedAt ?? now) - attempt.StartedAt),
                attempt.Outcome?.ToString().ToLowerInvariant() ?? "running",
                $"{attempt.Host}:{attempt.ProcessId}",
                attempt.Epoch.ToString(CultureInfo.InvariantCulture));
        }

        attempts.Write(surroundings);
        if (last.Log.Count == 0)
        {
            return;
        }

        surroundings.Out.WriteLine();
        var log = new TextTable("AT", "LOG");
        foreach (var line in last.Log)
        {
            log.Add(Words.Clock(line.At), line.Level == LogWeight.Info ? line.Text : $"{line.Level.ToString().ToLowerInvariant()}: {line.Text}");
        }

        log.Write(surroundings);
    }

    private static IEnumerable<(string Name, string? Value)> FactsOf(LoadDetails details, Receipt? receipt, DateTimeOffset now)
    {
        var load = details.Load;
        return
        [
            ("load", $"{load.Id.Short} ({load.Id})"),
            ("status", $"{Words.Of(load.Status)}{(load.Status == LoadStatus.Loading ? $", {Words.Of(load.Stage)} {Words.Progress(load.BytesDone, load.BytesTotal)}" : "")}"),
            ("dataset", $"{load.Spec.Inbox}/{load.Spec.Dataset}"),
            ("files", string.Join(", ", load.Spec.Files.Select(f => $"{f.Path} ({Words.Bytes(f.Bytes)})"))),
            ("table", $"{load.Spec.Target}: {(load.Spec.TableSchema is { } schema ? schema + "." : "")}{load.Spec.TableName}, {load.Spec.Mode.Word()}"),
            ("rows", load.RowsLoaded is null ? null : $"{Words.Rows(load.RowsLoaded)} loaded, {Words.Rows(load.RowsRejected ?? 0)} rejected{(load.RowsRejected > 0 ? $"; see: etl-loader rejects {load.Id.Short}" : "")}"),
            ("speed", Speed(details, now)),
            ("columns changed", SchemaChanges.Of(load.Receipt) is { Count: > 0 } changes ? string.Join("; ", changes) : null),
            ("notes", receipt is null ? null : string.Join("; ", receipt.Notes)),
            ("accepted", $"{Words.Time(load.AcceptedAt)} ({Words.Ago(load.AcceptedAt, now)})"),
            ("finished", Words.Time(load.FinishedAt)),
            ("next try", Words.Time(load.NextAttemptAt)),
            ("waits for", load.WaitsFor),
            ("error", load.Error),
            ("line", load.ErrorLine?.ToString(CultureInfo.InvariantCulture)),
            ("to do", load.Hint),
        ];
    }

    /// <summary>Of the last attempt: what it has done, or is doing, by the time that it took.</summary>
    private static string? Speed(LoadDetails details, DateTimeOffset now)
    {
        if (details.Attempts is not [.., var last] || ((last.FinishedAt ?? now) - last.StartedAt).TotalSeconds is not (>= 0.001 and var seconds))
        {
            return null;
        }

        var load = details.Load;
        return load switch
        {
            { Status: LoadStatus.Loaded, RowsLoaded: { } rows } =>
                $"{Words.Bytes((long)(load.Spec.Files.Sum(f => f.Bytes) / seconds))}/s, {Words.Many((long)((rows + (load.RowsRejected ?? 0)) / seconds), "row")}/s",
            { Status: LoadStatus.Loading, BytesDone: > 0 } => $"{Words.Bytes((long)(load.BytesDone / seconds))}/s",
            _ => null,
        };
    }

    private sealed record Column(string Name, string Type, long? Nulls, string Source, string Excluded);

    /// <summary>What <c>show</c> prints of a receipt; <c>--json</c> has it whole.</summary>
    private sealed record Receipt(IReadOnlyList<Column> Columns, IReadOnlyList<string> Notes)
    {
        public static Receipt Read(string json)
        {
            using var parsed = JsonDocument.Parse(json);
            var details = parsed.RootElement.TryGetProperty("details", out var found) ? found : default;
            return new Receipt(
                [.. List(details, "columns").Select(c => new Column(Text(c, "name"), Text(c, "type"), Number(c, "nulls"), Text(c, "source"), Excluded(c)))],
                [.. List(details, "notes").Select(n => n.ValueKind == JsonValueKind.String ? n.GetString()! : n.GetRawText())]);
        }

        private static JsonElement[] List(JsonElement of, string name) =>
            of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray()] : [];

        private static string Excluded(JsonElement column) =>
            column.TryGetProperty("excluded", out var excluded) && excluded.ValueKind == JsonValueKind.Object ? $"line {Number(excluded, "line")} has '{Text(excluded, "value")}'" : "";

        private static string Text(JsonElement of, string name) => of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

        private static long? Number(JsonElement of, string name) => of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetInt64() : null;
    }
}
