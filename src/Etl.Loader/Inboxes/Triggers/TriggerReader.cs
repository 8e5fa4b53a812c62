using Etl.Loader.Ledger;
using Etl.Loader.Survey;

namespace Etl.Loader.Inboxes.Triggers;

/// <summary>
/// From a trigger's text to all that its load needs: trigger over first matching rule over built-in. The data files are looked up once, here;
/// their sizes and times are what the load later insists on.
/// </summary>
internal static class TriggerReader
{
    private static readonly (string Extension, DataFormat Format)[] Extensions =
    [
        (".csv", DataFormat.Delimited), (".tsv", DataFormat.Delimited), (".tab", DataFormat.Delimited), (".psv", DataFormat.Delimited),
        (".txt", DataFormat.Delimited), (".json", DataFormat.JsonLines), (".jsonl", DataFormat.JsonLines), (".ndjson", DataFormat.JsonLines),
        (".parquet", DataFormat.Parquet),
    ];

    /// <summary>
    /// The load, or the record of its refusal. Throws <see cref="InboxAwayException"/> when the inbox is not there, and lets
    /// <see cref="IOException"/> pass: neither is the trigger's fault.
    /// </summary>
    public static NewLoad Read(Inbox inbox, string dataset, LoadId load, ReadOnlySpan<byte> content, CancellationToken token = default)
    {
        string? id = null;
        try
        {
            var manifest = ManifestReader.Read(content);
            id = manifest.Id;
            return new NewLoad(load, Settle(inbox, dataset, manifest, token)) { Delivery = id };
        }
        catch (LoaderException exception) when (exception is not InboxAwayException)
        {
            return Refuse(inbox, dataset, load, exception.Message, exception.Hint) with { Delivery = id };
        }
    }

    public static NewLoad Refuse(Inbox inbox, string dataset, LoadId load, string error, string? hint) => new(
        load,
        new LoadSpec
        {
            Inbox = inbox.Name,
            Dataset = dataset,
            Target = inbox.Targets[0],
            TableName = TableChoice.ForRecord(dataset),
            Files = [],
        },
        new LoadRefusal(error, hint));

    /// <summary>What can be known before the data is there: throws <see cref="LoaderException"/> for a target, schema or table that cannot be.</summary>
    public static void Verify(Inbox inbox, string dataset, Manifest trigger) => _ = Choose(inbox, dataset, trigger);

    private static (Manifest Said, DatasetRule? Rule, string Target, string? Schema, string Table) Choose(Inbox inbox, string dataset, Manifest trigger)
    {
        var rule = inbox.RuleOf(dataset);
        var said = rule is null ? trigger : trigger.Over(rule.Settings);
        var target = TableChoice.Target(inbox, said.Target);
        var (schema, table) = TableChoice.Table(inbox, target, said.Table, dataset);
        return (said, rule, target, schema, table);
    }

    /// <summary>Throws <see cref="LoaderException"/> for whatever cannot be.</summary>
    public static LoadSpec Settle(Inbox inbox, string dataset, Manifest trigger, CancellationToken token = default)
    {
        var (said, rule, target, schema, table) = Choose(inbox, dataset, trigger);
        using var finder = new DatasetFiles(inbox);
        var files = said.Files is null ? finder.Single(dataset) : finder.Expand(dataset, said.Files, token);
        CheckBytes(said.Expect, files);
        return new LoadSpec
        {
            Inbox = inbox.Name,
            Dataset = dataset,
            Target = target,
            TableSchema = schema,
            TableName = table,
            TableNamed = said.Table is not null,
            Files = files,
            Format = said.Format ?? FormatByName(files),
            Mode = said.Mode ?? LoadMode.Replace,
            Schema = said.Schema ?? new Dictionary<string, string>(),
            Columns = said.Columns,
            TypesAsText = said.TypesAsText ?? false,
            Dialect = said.Dialect,
            Ragged = said.Ragged ?? RaggedRows.Reject,
            RejectsMax = said.RejectsMax ?? 0,
            Expect = said.Expect,
            Shrink = rule?.Shrink,
            SchemaChange = said.SchemaChange ?? SchemaChange.Allow,
            Priority = said.Priority ?? LoadPriority.Normal,
            Adopt = said.Adopt ?? false,
            Again = said.Again ?? false,
        };
    }

    private static void CheckBytes(Expectation? expect, IReadOnlyList<DataFile> files)
    {
        var bytes = files.Sum(f => f.Bytes);
        if (expect?.Bytes is { } expected && expected != bytes)
        {
            throw new DatasetException(
                $"The data of {Shown.Name(files[0].Path)}{(files.Count > 1 ? $" and {files.Count - 1} more" : "")} has {Amounts.Counted(bytes, "byte")}; the trigger expects {Amounts.Count(expected)}.",
                "The delivery is incomplete or was replaced: deliver data and trigger again.",
                files[0].Path);
        }
    }

    /// <summary>Null where a name says nothing: then the first bytes decide.</summary>
    private static DataFormat? FormatByName(IReadOnlyList<DataFile> files)
    {
        var formats = files.Select(f => FormatByName(f.Path)).Distinct().ToList();
        return formats.Count == 1 ? formats[0] : throw new DatasetException(
            "The names of the dataset's files mean different formats.", "Deliver them as several datasets, or state \"format\" in the trigger.");
    }

    private static DataFormat? FormatByName(string path)
    {
        var name = path;
        foreach (var compression in (string[])[".gz", ".zst"])
        {
            name = name.EndsWith(compression, StringComparison.OrdinalIgnoreCase) ? name[..^compression.Length] : name;
        }

        foreach (var (extension, format) in Extensions)
        {
            if (name.EndsWith(extension, StringComparison.OrdinalIgnoreCase))
            {
                return format;
            }
        }

        return null;
    }
}
