using System.Text.Json;
using Etl.Loader.Ledger;
using Etl.Loader.Survey;

namespace Etl.Loader.Inboxes.Triggers;

/// <summary>Reads the text of a trigger. Nothing in it is executed, and nothing unknown is passed over.</summary>
internal static class ManifestReader
{
    /// <summary>A manifest is a page of text; a larger trigger is a data file under the wrong name.</summary>
    public const int MaxBytes = 1 << 20;

    /// <summary>Each field of the data is compared with each of them.</summary>
    private const int MostNulls = 100;

    /// <summary>Of names and formats.</summary>
    private const int MostCharacters = 200;

    public const int MaxIdLength = 100;

    private const string IdKey = "id";

    /// <summary>The keys of a trigger.</summary>
    public static IReadOnlyList<string> KnownKeys => Keys;

    /// <summary>What a rule may say, too: all but what is of one delivery only.</summary>
    private static readonly string[] RuleKeys =
    [
        "files", "table", "target", "format", "mode", "schema", "columns", "types", "dialect", "ragged", "rejects", "expect", "schema_change", "priority", "adopt", "again",
    ];

    private static readonly string[] Keys = [.. RuleKeys, IdKey];

    /// <summary>
    /// An empty trigger, or one of blanks only, says nothing. Throws <see cref="ManifestSyntaxException"/> for what is not JSON, and
    /// <see cref="LoaderException"/> with all faults for a manifest that says what cannot be.
    /// </summary>
    public static Manifest Read(ReadOnlySpan<byte> content)
    {
        var text = TriggerEncoding.Utf8(content).Trim(" \t\r\n"u8);
        if (text.IsEmpty)
        {
            return Manifest.Empty;
        }

        using var document = Parse(text.ToArray());
        var faults = new List<string>();
        var manifest = Read(document.RootElement, Keys, fromConfiguration: false, faults, out _);
        return faults.Count == 0 ? manifest : throw new LoaderException(
            $"The trigger's manifest is invalid: {string.Join("; ", faults)}.",
            $"Known keys are {string.Join(", ", Keys)}. Fix the trigger and deliver it again.");
    }

    /// <summary>Reads the trigger's keys of a rule; the caller reads <paramref name="extraKeys"/> from <paramref name="rest"/>.</summary>
    public static Manifest ReadRule(JsonElement rule, IReadOnlyList<string> extraKeys, IList<string> faults, out KeyedObject? rest) =>
        Read(rule, [.. extraKeys, .. RuleKeys], fromConfiguration: true, faults, out rest);

    private static JsonDocument Parse(byte[] text)
    {
        try
        {
            return JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 8 });
        }
        catch (JsonException exception)
        {
            throw new ManifestSyntaxException(
                $"The trigger's manifest is not valid JSON: line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}: {Reason(exception)}", exception);
        }
    }

    /// <summary>The parser's first sentence; what follows repeats the position.</summary>
    private static string Reason(JsonException exception) => exception.Message.Split(" LineNumber:")[0];

    private static Manifest Read(JsonElement root, IReadOnlyList<string> keys, bool fromConfiguration, IList<string> faults, out KeyedObject? rest)
    {
        rest = null;
        if (root.ValueKind != JsonValueKind.Object)
        {
            faults.Add("it is not a JSON object; expected { … }");
            return Manifest.Empty;
        }

        var manifest = new KeyedObject(root, "", keys, fromConfiguration, faults);
        rest = manifest;
        var format = manifest.OneOf(
            "format", ("csv", Format.Csv), ("tsv", Format.Tsv), ("jsonl", Format.JsonLines), ("ndjson", Format.JsonLines), ("json", Format.JsonLines), ("parquet", Format.Parquet));
        var dialect = ReadDialect(manifest);
        if (format == Format.Tsv && dialect?.Delimiter is null)
        {
            dialect = (dialect ?? new DialectSpec()) with { Delimiter = "\t" };
        }

        return new Manifest
        {
            Files = manifest.Texts("files", "a list of file names or patterns, at least one", files => files.Count > 0 && files.All(f => f.Length > 0)),
            Table = manifest.Text("table", "a table name, \"orders\" or \"sales.orders\"", text => text.Length > 0),
            Target = manifest.Text("target", "a target's name", text => text.Length > 0),
            Format = format switch
            {
                null => null,
                Format.JsonLines => DataFormat.JsonLines,
                Format.Parquet => DataFormat.Parquet,
                _ => DataFormat.Delimited,
            },
            Mode = manifest.OneOf("mode", ("replace", LoadMode.Replace), ("append", LoadMode.Append)),
            Schema = manifest.TextsByName("schema", "column names with type names, like { \"id\": \"bigint\" }"),
            Columns = ReadColumns(manifest),
            TypesAsText = manifest.OneOf("types", ("proven", false), ("text", true)),
            Dialect = dialect,
            Ragged = manifest.OneOf("ragged", ("reject", RaggedRows.Reject), ("pad", RaggedRows.Pad)),
            RejectsMax = manifest.Object("rejects", "max")?.Count("max"),
            Expect = ReadExpectation(manifest),
            SchemaChange = manifest.OneOf("schema_change", ("allow", SchemaChange.Allow), ("widen", SchemaChange.Widen), ("refuse", SchemaChange.Refuse)),
            Priority = manifest.OneOf("priority", ("normal", LoadPriority.Normal), ("high", LoadPriority.High)),
            Adopt = manifest.Truth("adopt"),
            Again = manifest.Truth("again"),
            Id = keys.Contains(IdKey) ? manifest.Text(IdKey, $"1 to {MaxIdLength} letters, digits or any of . _ : -, different for each delivery", IsId) : null,
        };
    }

    private static DialectSpec? ReadDialect(KeyedObject manifest)
    {
        var dialect = manifest.Object(
            "dialect", "delimiter", "quote", "escape", "encoding", "header", "skip", "null", "decimal", "date", "timestamp");
        return dialect is null ? null : new DialectSpec
        {
            Delimiter = dialect.Text("delimiter", "one to eight characters, no line break", t => t.Length is > 0 and <= 8 && t.AsSpan().IndexOfAny('\r', '\n') < 0),
            Quote = dialect.Text("quote", "one character, or \"\" for none", IsCharacterOrNone),
            Escape = dialect.Text("escape", "one character, or \"\" for none", IsCharacterOrNone),
            Encoding = dialect.Text("encoding", "an encoding's name like \"utf-8\" or \"windows-1252\"", IsShort),
            Header = dialect.Truth("header"),
            Skip = (int?)dialect.Count("skip", int.MaxValue),
            Null = dialect.Texts(
                "null", $"a list of at most {MostNulls} texts that mean null, like [\"\", \"NA\"]", texts => texts.Count <= MostNulls && texts.All(t => t.Length <= MostCharacters)),
            Decimal = dialect.Text("decimal", "\".\" or \",\"", t => t is "." or ","),
            Date = dialect.Text("date", "a date format like \"dd.MM.yyyy\"", IsShort),
            Timestamp = dialect.Text("timestamp", "a timestamp format like \"dd.MM.yyyy HH:mm:ss\"", IsShort),
        };
    }

    private static ColumnChoice? ReadColumns(KeyedObject manifest)
    {
        const string listed = "a list of column names, at least one";
        if (manifest.Object("columns", "rename", "only", "drop") is not { } columns)
        {
            return null;
        }

        var choice = new ColumnChoice(
            columns.TextsByName("rename", "column names with new names, like { \"xmin\": \"x_min\" }"),
            columns.Texts("only", listed, names => names.Count > 0),
            columns.Texts("drop", listed, names => names.Count > 0));
        foreach (var (name, other) in choice.Rename?.Where(r => Naming.Normalise(r.Value) != r.Value || Naming.Shorten(r.Value, Naming.MaxBytes) != r.Value) ?? [])
        {
            manifest.Faults.Add(
                $"{Shown.Name($"columns.rename.{name}")} is {Shown.Name(other)}; expected a name of lower-case letters, digits and '_', like \"{Naming.Shorten(Naming.Normalise(other), Naming.MaxBytes)}\"");
        }

        if (choice is { Only: not null, Drop: not null })
        {
            manifest.Faults.Add("\"columns\" has both \"only\" and \"drop\"; expected one of them");
        }

        return choice;
    }

    private static Expectation? ReadExpectation(KeyedObject manifest)
    {
        var expect = manifest.Object("expect", "rows", "bytes", "sha256");
        return expect is null ? null : new Expectation(
            expect.Count("rows"),
            expect.Count("bytes"),
            expect.Text("sha256", "64 hexadecimal digits", t => t.Length == 64 && t.All(char.IsAsciiHexDigit))?.ToLowerInvariant());
    }

    private static bool IsId(string text) =>
        text.Length is > 0 and <= MaxIdLength && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or ':' or '-');

    private static bool IsShort(string text) => text.Length is > 0 and <= MostCharacters;

    private static bool IsCharacterOrNone(string text) => text.Length <= 1 && text is not ("\r" or "\n");

    private enum Format
    {
        Csv,
        Tsv,
        JsonLines,
        Parquet,
    }
}
