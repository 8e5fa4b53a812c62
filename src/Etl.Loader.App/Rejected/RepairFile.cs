using System.Text;
using System.Text.Json.Nodes;
using Etl.Loader.App.Output;
using Etl.Loader.Inboxes.Triggers;
using Etl.Loader.Ledger;
using Etl.Loader.Survey;

namespace Etl.Loader.App.Rejected;

/// <summary>
/// The rejected rows of a load as a file that can be repaired and delivered: as they were, under the header of the dataset. Rows of Parquet are
/// JSON lines.
/// </summary>
internal static class RepairFile
{
    /// <summary>What is kept of a row in the target; of a longer one only the beginning.</summary>
    private const int KeptBytes = 64 * 1024;

    public static async Task WriteAsync(string path, LoadRecord load, IReadOnlyList<RejectedRecord> rejects, Surroundings surroundings, CancellationToken token)
    {
        var files = rejects.Select(r => r.File).Distinct(StringComparer.Ordinal).ToArray();
        var details = load.Receipt is null || files.Length == 0 ? null : JsonNode.Parse(load.Receipt)!["details"];
        var header = details is null ? null : Header(details, files);
        var whole = rejects.Where(r => r.Bytes <= KeptBytes).ToArray();
        await using (var writer = new StreamWriter(CreateNew(path), new UTF8Encoding(false)))
        {
            writer.NewLine = "\n";
            if (header is not null)
            {
                await writer.WriteLineAsync(header.AsMemory(), token);
            }

            foreach (var reject in whole)
            {
                await writer.WriteLineAsync(reject.Raw.AsMemory(), token);
            }
        }

        foreach (var cut in rejects.Except(whole))
        {
            surroundings.Error.WriteLine($"left out: {Words.Plain(cut.File)} line {cut.Line} is {Words.Bytes(cut.Bytes)} long; take it from the file, at byte {cut.Offset}.");
        }

        surroundings.Out.WriteLine($"{Words.Many(whole.Length, "row")} written to {path}");
        var table = $"{(load.Spec.TableSchema is { } schema ? schema + "." : "")}{load.Spec.TableName}";
        surroundings.Out.WriteLine($"Repair them, then: etl-loader deliver {path} --inbox {load.Spec.Inbox} --target {load.Spec.Target} --table {table} --append{Stated(details)}");
    }

    private static FileStream CreateNew(string path) => File.Exists(path) || Directory.Exists(path)
        ? throw new LoaderException($"{path} already exists and is not overwritten.", "Give --out the name of a new file.")
        : new FileStream(path, FileMode.CreateNew, FileAccess.Write);

    /// <summary>
    /// The dialect that the rows are still written in, for the command line; nothing where a file is like that on its own. The file is UTF-8, whatever
    /// the dataset was, and has no preamble.
    /// </summary>
    private static string Stated(JsonNode? details)
    {
        if (details?["files"]?[0]?["dialect"] is not JsonObject found)
        {
            return "";
        }

        var dialect = new DialectSpec
        {
            Delimiter = Text("delimiter"),
            Quote = Text("quote") ?? "",
            Escape = Text("quote") is null ? null : Text("escape") ?? "",
            Header = found["header"]?.GetValue<bool>(),
            Null = found["nulls"]?.AsArray().Select(n => n!.GetValue<string>()).ToArray(),
            Decimal = Text("decimal"),
            Date = Text("date_format"),
            Timestamp = Text("timestamp_format"),
        };
        return dialect is { Delimiter: ",", Quote: "\"", Escape: "\"" or "", Header: true, Null: null or [""], Decimal: null or ".", Date: null, Timestamp: null }
            ? ""
            : $" --dialect '{ManifestText.Of(dialect).Replace("'", "'\\''", StringComparison.Ordinal)}'";

        string? Text(string key) => found[key]?.GetValue<string>();
    }

    /// <summary>
    /// The header as a line of its own, null where the dataset has none. The receipt has one order of columns, the first file's: rows of a file whose
    /// order may differ are refused rather than put under the wrong names.
    /// </summary>
    private static string? Header(JsonNode details, string[] files)
    {
        var all = details["files"]!.AsArray();
        var found = files.Select(name => all.First(f => f!["path"]!.GetValue<string>() == name)!).ToArray();
        if (found[0]["dialect"] is not { } first || !first["header"]!.GetValue<bool>())
        {
            return found.Any(f => f["dialect"]?["header"]?.GetValue<bool>() == true)
                ? throw Mixed(files)
                : null;
        }

        if (found.Length > 1 || found[0] != all[0])
        {
            throw Mixed(files);
        }

        var delimiter = first["delimiter"]!.GetValue<string>();
        var quote = first["quote"]?.GetValue<string>() ?? "";
        return string.Join(delimiter, details["columns"]!.AsArray().Select(c => Quoted(c!["source"]!.GetValue<string>(), delimiter, quote)));
    }

    private static string Quoted(string name, string delimiter, string quote) =>
        quote.Length > 0 && (name.Contains(delimiter, StringComparison.Ordinal) || name.Contains(quote, StringComparison.Ordinal) || name.AsSpan().ContainsAny('\r', '\n'))
            ? quote + name.Replace(quote, quote + quote, StringComparison.Ordinal) + quote
            : name;

    private static LoaderException Mixed(string[] files) => new(
        $"The rejected rows come from {string.Join(", ", files.Take(3).Select(Words.Plain))}{(files.Length > 3 ? " and more" : "")}, whose columns may be in a different order than in the dataset's first file.",
        "Read them with --json, which names file and line of each, and repair them file by file.");
}
