using System.Text;
using Etl.Loader.Inboxes.Triggers;
using Etl.Loader.Ledger;
using Etl.Loader.Survey;

namespace Etl.Loader.Tests.Inboxes;

public class ManifestReaderTests
{
    private static Manifest Read(string text) => ManifestReader.Read(Encoding.UTF8.GetBytes(text));

    private static string Fault(string text) => Assert.Throws<LoaderException>(() => Read(text)).Message;

    [Fact]
    public void Every_key_is_read()
    {
        var manifest = Read("""
            { "files": ["orders-*.csv.gz"], "table": "sales.orders", "target": "warehouse", "format": "csv", "mode": "append",
              "schema": { "id": "bigint" }, "types": "text",
              "dialect": { "delimiter": ";", "quote": "\"", "escape": "", "encoding": "windows-1252", "header": true,
                           "skip": 2, "null": ["", "NA"], "decimal": ",", "date": "dd.MM.yyyy", "timestamp": "dd.MM.yyyy HH:mm" },
              "ragged": "pad", "rejects": { "max": 100 },
              "expect": { "rows": 8000000, "bytes": 1002588187, "sha256": "ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef0123456789" },
              "priority": "high", "adopt": true, "again": true }
            """);
        Assert.Equal(["orders-*.csv.gz"], manifest.Files!);
        Assert.Equal(("sales.orders", "warehouse"), (manifest.Table, manifest.Target));
        Assert.Equal(DataFormat.Delimited, manifest.Format);
        Assert.Equal(LoadMode.Append, manifest.Mode);
        Assert.Equal("bigint", manifest.Schema!["id"]);
        Assert.True(manifest.TypesAsText);
        var dialect = manifest.Dialect!;
        Assert.Equal((";", "\"", "", "windows-1252"), (dialect.Delimiter, dialect.Quote, dialect.Escape, dialect.Encoding));
        Assert.Equal((true, 2, ",", "dd.MM.yyyy", "dd.MM.yyyy HH:mm"), (dialect.Header, dialect.Skip, dialect.Decimal, dialect.Date, dialect.Timestamp));
        Assert.Equal(["", "NA"], dialect.Null!);
        Assert.Equal((RaggedRows.Pad, 100L), (manifest.Ragged, manifest.RejectsMax));
        Assert.Equal(new Expectation(8000000, 1002588187, "abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789"), manifest.Expect);
        Assert.Equal((LoadPriority.High, true, true), (manifest.Priority, manifest.Adopt, manifest.Again));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \r\n\t")]
    [InlineData("\uFEFF")]
    public void An_empty_trigger_says_nothing(string text) => Assert.Same(Manifest.Empty, Read(text));

    [Theory]
    [InlineData("utf-16", "")]
    [InlineData("utf-16", "\r\n")]
    [InlineData("utf-16BE", "\r\n")]
    [InlineData("utf-32", " ")]
    public void An_empty_trigger_as_windows_shells_write_it_says_nothing(string encoding, string text)
    {
        var of = System.Text.Encoding.GetEncoding(encoding);
        Assert.Same(Manifest.Empty, ManifestReader.Read([.. of.GetPreamble(), .. of.GetBytes(text)]));
    }

    [Fact]
    public void A_trigger_in_UTF16_is_read()
    {
        var of = System.Text.Encoding.Unicode;
        Assert.Equal("größe", ManifestReader.Read([.. of.GetPreamble(), .. of.GetBytes("{\"table\":\"größe\"}")]).Table);
    }

    [Fact]
    public void A_byte_order_mark_is_passed_over() => Assert.Equal("a", Read("\uFEFF{\"table\":\"a\"}").Table);

    [Theory]
    [InlineData("{\"tabel\": \"a\"}", "unknown key 'tabel'; the nearest known one is \"table\"")]
    [InlineData("{\"dialect\": {\"delimeter\": \";\"}}", "unknown key 'dialect.delimeter'; the nearest known one is \"dialect.delimiter\"")]
    [InlineData("{\"expect\": {\"row\": 1}}", "unknown key 'expect.row'; the nearest known one is \"expect.rows\"")]
    [InlineData("{\"rejects\": {\"maximum\": 1}}", "the nearest known one is \"rejects.max\"")]
    [InlineData("{\"Table\": \"a\"}", "the nearest known one is \"table\"")]
    public void Unknown_keys_name_the_nearest_known_one(string text, string expected) => Assert.Contains(expected, Fault(text), StringComparison.Ordinal);

    [Theory]
    [InlineData("{\"mode\": 5}", "\"mode\" is 5; expected \"replace\" or \"append\"")]
    [InlineData("{\"mode\": \"upsert\"}", "\"mode\" is 'upsert'; expected \"replace\" or \"append\"")]
    [InlineData("{\"files\": \"a.csv\"}", "\"files\" is 'a.csv'; expected a list")]
    [InlineData("{\"files\": []}", "\"files\" is a list; expected a list of file names or patterns, at least one")]
    [InlineData("{\"rejects\": 3}", "\"rejects\" is 3; expected an object")]
    [InlineData("{\"rejects\": {\"max\": -1}}", "\"rejects.max\" is -1; expected a whole number, 0 or more")]
    [InlineData("{\"expect\": {\"rows\": \"8\"}}", "\"expect.rows\" is '8'; expected a whole number")]
    [InlineData("{\"expect\": {\"sha256\": \"xyz\"}}", "\"expect.sha256\" is 'xyz'; expected 64 hexadecimal digits")]
    [InlineData("{\"adopt\": \"true\"}", "\"adopt\" is 'true'; expected true or false")]
    [InlineData("{\"dialect\": {\"decimal\": \";\"}}", "\"dialect.decimal\" is ';'; expected \".\" or \",\"")]
    [InlineData("{\"dialect\": {\"quote\": \"ab\"}}", "\"dialect.quote\" is 'ab'; expected one character")]
    [InlineData("{\"schema\": {\"id\": 5}}", "'schema.id' is 5; expected column names with type names")]
    [InlineData("{\"table\": null}", "\"table\" is null; expected a table name")]
    [InlineData("{\"table\": \"a\\u0000b\"}", "\"table\" is invalid text")]
    [InlineData("{\"id\": \"\"}", "\"id\" is ''; expected 1 to 100 letters, digits or any of . _ : -")]
    [InlineData("{\"id\": \"a b\"}", "\"id\" is 'a b'; expected")]
    [InlineData("{\"id\": \"'; DROP TABLE x\"}", "\"id\" is '")]
    [InlineData("{\"id\": 7}", "\"id\" is 7; expected")]
    [InlineData("{\"table\": \"a\\ud800b\"}", "\"table\" is invalid text")]
    [InlineData("{\"table\": \"a\", \"table\": \"b\"}", "key \"table\" is given twice")]
    [InlineData("[]", "it is not a JSON object")]
    public void Wrong_values_name_key_value_and_what_was_expected(string text, string expected) =>
        Assert.Contains(expected, Fault(text), StringComparison.Ordinal);

    [Fact]
    public void An_id_is_up_to_a_hundred_plain_characters()
    {
        var longest = new string('x', 90) + "-Az09._:-x";
        Assert.Equal(longest, Read($$"""{"id": "{{longest}}"}""").Id);
        Assert.Contains("\"id\" is '", Fault($$"""{"id": "{{longest}}y"}"""), StringComparison.Ordinal);
    }

    [Fact]
    public void All_faults_are_reported_at_once()
    {
        var fault = Fault("""{ "tabel": "a", "mode": 5 }""");
        Assert.Contains("tabel", fault, StringComparison.Ordinal);
        Assert.Contains("mode", fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"table\": ")]
    [InlineData("table: orders")]
    [InlineData("{} {}")]
    public void What_is_not_JSON_is_distinguished_from_what_is_wrong(string text) =>
        Assert.Contains("line 1", Assert.Throws<ManifestSyntaxException>(() => Read(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Tsv_is_text_with_tabs_unless_the_dialect_says_otherwise()
    {
        Assert.Equal("\t", Read("""{"format":"tsv"}""").Dialect!.Delimiter);
        Assert.Equal("|", Read("""{"format":"tsv","dialect":{"delimiter":"|"}}""").Dialect!.Delimiter);
    }
}
