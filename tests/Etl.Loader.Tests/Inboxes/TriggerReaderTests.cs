using System.Diagnostics;
using Etl.Loader.Ledger;
using Etl.Loader.Survey;

namespace Etl.Loader.Tests.Inboxes;

public sealed class TriggerReaderTests : IDisposable
{
    private readonly TempInbox _inbox = new();

    public void Dispose() => _inbox.Dispose();

    [Fact]
    public void An_empty_trigger_means_the_file_of_its_name()
    {
        _inbox.Write("sub/Orders 2026.csv.gz", "12345");
        var load = _inbox.Trigger("sub/Orders 2026.csv.gz");
        Assert.Null(load.Refusal);
        var file = Assert.Single(load.Spec.Files);
        Assert.Equal(("sub/Orders 2026.csv.gz", 5L), (file.Path, file.Bytes));
        Assert.Equal(File.GetLastWriteTimeUtc(_inbox.At("sub/Orders 2026.csv.gz")), file.ModifiedAt.UtcDateTime);
        Assert.Equal(("main", "warehouse", null, "orders_2026", false), (load.Spec.Inbox, load.Spec.Target, load.Spec.TableSchema, load.Spec.TableName, load.Spec.TableNamed));
        Assert.Equal((DataFormat.Delimited, LoadMode.Replace), (load.Spec.Format, load.Spec.Mode));
    }

    [Fact]
    public void Patterns_are_expanded_once_sorted_and_without_our_own_files()
    {
        foreach (var name in (string[])["p/b.csv", "p/a.csv", "p/a.csv.trigger", "p/.hidden.csv", "p/a.csv.loaded", "p/c.txt", "q/a.csv"])
        {
            _inbox.Write(name);
        }

        var load = _inbox.Trigger("orders", """{"files":["p/*.csv","?/a.csv","p/c.txt"],"table":"sales.Orders","target":"lake"}""");
        Assert.Equal(["p/a.csv", "p/b.csv", "p/c.txt", "q/a.csv"], load.Spec.Files.Select(f => f.Path));
        Assert.Equal(("lake", "sales", "orders", true), (load.Spec.Target, load.Spec.TableSchema, load.Spec.TableName, load.Spec.TableNamed));
    }

    [Fact]
    public void Names_in_files_are_relative_to_the_triggers_directory()
    {
        _inbox.Write("sub/a.csv");
        _inbox.Write("a.csv");
        Assert.Equal("sub/a.csv", Assert.Single(_inbox.Trigger("sub/orders", """{"files":["a.*"]}""").Spec.Files).Path);
    }

    [Theory]
    [InlineData("a[1].csv")]
    [InlineData("a*b?.csv")]
    [InlineData("it's; drop table x = 1.csv")]
    [InlineData("two\nlines.csv")]
    [InlineData("Ünïcode 数据.csv")]
    [InlineData("-rf.csv")]
    [InlineData("back\\slash.csv")]
    [InlineData("%s{0}.csv")]
    public void Odd_names_mean_themselves(string name)
    {
        _inbox.Write(name);
        _inbox.Write("axb1.csv");
        var load = _inbox.Trigger(name);
        Assert.Null(load.Refusal);
        Assert.Equal(name, Assert.Single(load.Spec.Files).Path);
    }

    [Fact]
    public void A_name_with_a_star_that_exists_is_meant_as_it_is()
    {
        _inbox.Write("a*.csv");
        _inbox.Write("ab.csv");
        Assert.Equal("a*.csv", Assert.Single(_inbox.Trigger("t", """{"files":["a*.csv"]}""").Spec.Files).Path);
    }

    [Fact]
    public void A_trigger_without_data_is_refused() => Assert.Contains("There is no data file 'orders.csv'", _inbox.Refusal("orders.csv"), StringComparison.Ordinal);

    [Fact]
    public void A_set_in_a_pattern_stands_for_one_of_its_characters_unless_a_file_has_that_name()
    {
        _inbox.Write("t1.csv");
        _inbox.Write("t2.csv");
        _inbox.Write("t3.csv");
        Assert.Equal(["t1.csv", "t2.csv"], _inbox.Trigger("t.csv", """{"files":["t[12].csv"]}""").Spec.Files.Select(file => file.Path));
        _inbox.Write("t[12].csv");
        Assert.Equal(["t[12].csv"], _inbox.Trigger("t.csv", """{"files":["t[12].csv"]}""").Spec.Files.Select(file => file.Path));
    }

    [Fact]
    public void A_pattern_that_matches_nothing_is_refused() =>
        Assert.Contains("'orders-*.csv' in the trigger's \"files\" matches no file", _inbox.Refusal("x", """{"files":["orders-*.csv"]}"""), StringComparison.Ordinal);

    [Fact]
    public void A_named_file_that_is_missing_is_refused() =>
        Assert.Contains("'gone.csv' does not exist", _inbox.Refusal("x", """{"files":["gone.csv"]}"""), StringComparison.Ordinal);

    [Theory]
    [InlineData("../outside.csv")]
    [InlineData("sub/../../outside.csv")]
    [InlineData("./a.csv")]
    [InlineData("sub//a.csv")]
    [InlineData("../*.csv")]
    [InlineData("/etc/passwd")]
    [InlineData("/etc/pass*")]
    public void No_path_leaves_the_inbox(string path)
    {
        _inbox.Write("sub/a.csv");
        File.WriteAllText(Path.Combine(_inbox.Outside, "outside.csv"), "secret");
        var refusal = _inbox.Refusal("x", $$"""{"files":["{{path}}"]}""");
        Assert.Matches("is absolute|leaves its directory", refusal);
    }

    [Fact]
    public void No_link_leads_out_of_the_inbox_neither_of_a_file_nor_of_a_directory()
    {
        File.WriteAllText(Path.Combine(_inbox.Outside, "outside.csv"), "secret");
        File.CreateSymbolicLink(_inbox.At("link.csv"), Path.Combine(_inbox.Outside, "outside.csv"));
        File.CreateSymbolicLink(_inbox.At("relative.csv"), "../outside.csv");
        Directory.CreateSymbolicLink(_inbox.At("dir"), _inbox.Outside);
        foreach (var refusal in (string[])
            [_inbox.Refusal("link.csv"), _inbox.Refusal("relative.csv"), _inbox.Refusal("dir/outside.csv"), _inbox.Refusal("x", """{"files":["dir/*.csv"]}""")])
        {
            Assert.Contains("leads out of the inbox", refusal, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_sibling_directory_whose_name_begins_like_the_inbox_is_outside()
    {
        Directory.CreateDirectory(_inbox.Root + "-other");
        File.WriteAllText(_inbox.Root + "-other/a.csv", "secret");
        File.CreateSymbolicLink(_inbox.At("a.csv"), _inbox.Root + "-other/a.csv");
        Assert.Contains("leads out of the inbox", _inbox.Refusal("a.csv"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_inside_the_inbox_is_followed_and_a_broken_one_refused()
    {
        _inbox.Write("real.csv", "123");
        File.CreateSymbolicLink(_inbox.At("link.csv"), "real.csv");
        File.CreateSymbolicLink(_inbox.At("broken.csv"), "nothing.csv");
        File.CreateSymbolicLink(_inbox.At("loop.csv"), "loop.csv");
        Assert.Equal(3, Assert.Single(_inbox.Trigger("link.csv").Spec.Files).Bytes);
        Assert.Contains("does not exist", _inbox.Refusal("broken.csv"), StringComparison.Ordinal);
        Assert.Contains("does not exist", _inbox.Refusal("loop.csv"), StringComparison.Ordinal);
        Assert.Contains("does not exist", _inbox.Refusal("x", $$"""{"files":["{{new string('x', 300)}}"]}"""), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.csv.trigger")]
    [InlineData("a.csv.queued")]
    [InlineData("a.csv.loaded")]
    [InlineData("a.csv.failed")]
    [InlineData(".hidden.csv")]
    [InlineData(".etl-loader-inbox")]
    [InlineData(".hidden/a.csv")]
    [InlineData("a.trigger.019c2b1e-1111-7abc-8def-0123456789ab")]
    public void Our_own_and_hidden_files_are_not_data(string name)
    {
        _inbox.Write(name);
        Assert.Contains("is not a data file", _inbox.Refusal("x", $$"""{"files":["{{name}}"]}"""), StringComparison.Ordinal);
    }

    [Fact]
    public void A_directory_or_a_pipe_is_not_data_and_nothing_waits_for_it()
    {
        Directory.CreateDirectory(_inbox.At("dir.csv"));
        using (var mkfifo = Process.Start("mkfifo", [_inbox.At("pipe.csv")]))
        {
            mkfifo.WaitForExit();
        }

        File.CreateSymbolicLink(_inbox.At("dev.csv"), "/dev/zero");
        Assert.Contains("is a directory", _inbox.Refusal("dir.csv"), StringComparison.Ordinal);
        Assert.Contains("is a pipe, socket or device", _inbox.Refusal("pipe.csv"), StringComparison.Ordinal);
        Assert.Contains("leads out", _inbox.Refusal("dev.csv"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"target":"warehose"}""", "it may name: warehouse, lake (the nearest is warehouse)")]
    [InlineData("""{"table":"other.orders"}""", "The schema of 'other.orders' is not open to inbox main; it may name: public, sales")]
    [InlineData("""{"table":"etl_loader.load"}""", "is reserved")]
    [InlineData("""{"table":"ETL_Loader_staging.load"}""", "is reserved")]
    [InlineData("""{"table":"hangfire.job"}""", "is reserved")]
    [InlineData("""{"table":"pg_catalog.x"}""", "is reserved")]
    [InlineData("""{"table":"information_schema.x"}""", "is reserved")]
    [InlineData("""{"table":"a.b.c"}""", "has 3 parts")]
    [InlineData("""{"table":"'; --"}""", "has no letter or digit")]
    [InlineData("""{"expect":{"bytes":6}}""", "has 5 bytes; the trigger expects 6")]
    public void A_trigger_reaches_only_what_its_inbox_allows(string manifest, string expected)
    {
        _inbox.Write("orders.csv", "12345");
        Assert.Contains(expected, _inbox.Refusal("orders.csv", manifest), StringComparison.Ordinal);
    }

    [Fact]
    public void The_targets_default_schema_is_open_where_none_is_configured()
    {
        using var inbox = new TempInbox(o => o.Schemas = []);
        inbox.Write("a.csv");
        Assert.Equal("public", inbox.Trigger("a.csv", """{"table":"public.a"}""").Spec.TableSchema);
        Assert.Equal("main", inbox.Trigger("a.csv", """{"table":"main.a","target":"lake"}""").Spec.TableSchema);
        Assert.Contains("it may name: public", inbox.Refusal("a.csv", """{"table":"sales.a"}"""), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_name_beyond_63_bytes_names_a_table_by_its_beginning_and_a_hash()
    {
        var name = new string('ä', 100) + ".csv";
        _inbox.Write(name);
        var load = _inbox.Trigger(name);
        Assert.Null(load.Refusal);
        Assert.True(System.Text.Encoding.UTF8.GetByteCount(load.Spec.TableName) <= Naming.MaxBytes);
        Assert.Matches("^ä{27}_[0-9a-f]{8}$", load.Spec.TableName);
        Assert.Contains("shortened to " + load.Spec.TableName, Assert.Single(Etl.Loader.Loads.TableNote.Of(load.Spec)), StringComparison.Ordinal);
        var other = new string('ä', 101) + ".csv";
        _inbox.Write(other);
        Assert.NotEqual(load.Spec.TableName, _inbox.Trigger(other).Spec.TableName);
    }

    [Fact]
    public void A_table_named_beyond_63_bytes_is_refused_and_still_recorded()
    {
        _inbox.Write("a.csv");
        var load = _inbox.Trigger("a.csv", $"{{\"table\":\"{new string('ä', 100)}\"}}");
        Assert.Contains("makes a table name of 200 bytes; at most 63", load.Refusal!.Error, StringComparison.Ordinal);
        Assert.Equal("a", load.Spec.TableName);
    }

    [Fact]
    public void A_file_name_without_letters_needs_a_table()
    {
        _inbox.Write("!!!.csv");
        Assert.Contains("has no letter or digit", _inbox.Refusal("!!!.csv"), StringComparison.Ordinal);
        Assert.Null(_inbox.Trigger("!!!.csv", """{"table":"bangs"}""").Refusal);
    }

    [Theory]
    [InlineData("a.csv", DataFormat.Delimited)]
    [InlineData("a.TSV.GZ", DataFormat.Delimited)]
    [InlineData("a.ndjson.zst", DataFormat.JsonLines)]
    [InlineData("a.parquet", DataFormat.Parquet)]
    [InlineData("a.dat", null)]
    public void The_format_is_known_by_the_name(string name, object? format)
    {
        _inbox.Write(name);
        Assert.Equal((DataFormat?)format, _inbox.Trigger(name).Spec.Format);
    }

    [Fact]
    public void Files_of_different_formats_make_no_dataset()
    {
        _inbox.Write("a.csv");
        _inbox.Write("a.parquet");
        Assert.Contains("different formats", _inbox.Refusal("x", """{"files":["a.*"]}"""), StringComparison.Ordinal);
    }

    [Fact]
    public void Control_characters_of_a_name_do_not_break_a_message() =>
        Assert.Contains(@"'two\u000alines.csv'", _inbox.Refusal("two\nlines.csv"), StringComparison.Ordinal);
}
