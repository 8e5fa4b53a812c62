using System.Text.Json;
using Etl.Loader.App;
using Etl.Loader.Inboxes;
using Etl.Loader.Ledger;
using Etl.Loader.Survey;
using Etl.Loader.Targets;
using Etl.Loader.Tests.Inboxes;
using Etl.Loader.Tests.Loads;
using Microsoft.Extensions.DependencyInjection;

namespace Etl.Loader.Tests.App;

/// <summary>The verbs that touch data files: load, deliver, check and rejects.</summary>
public sealed class DataVerbTests : IDisposable
{
    private readonly VerbRun _run = new();
    private readonly TempInbox _inbox = new();

    public DataVerbTests()
    {
        _run.Services.AddSingleton(_inbox.Catalog).AddSingleton<IInboxes>(_inbox.Files).AddSingleton<IAcceptLoads>(_inbox.Ledger)
            .AddSingleton<TimeProvider>(_inbox.Time).AddSingleton<FileAcceptor>().AddSingleton<Delivery>();
    }

    public void Dispose() => _inbox.Dispose();

    private string Outside(string name, string content)
    {
        var path = Path.Combine(_inbox.Outside, name);
        File.WriteAllText(path, content);
        return path;
    }

    [Fact]
    public async Task Each_file_is_accepted_as_a_load_without_a_watcher()
    {
        _inbox.Write("a.csv", "1");
        _inbox.Write("b.csv", "2");

        Assert.Equal(ExitCodes.Done, await _run.RunAsync("load", _inbox.At("a.csv"), _inbox.At("b.csv"), "--target", "lake"));
        Assert.Equal([("a.csv", "lake"), ("b.csv", "lake")], _inbox.Ledger.Accepted.Select(l => (l.Spec.Dataset, l.Spec.Target)));
        Assert.Equal(["a.csv", "a.csv.queued", "b.csv", "b.csv.queued"], _inbox.Names());
    }

    [Fact]
    public async Task With_a_table_all_files_are_one_load()
    {
        _inbox.Write("a.csv", "1");
        _inbox.Write("b.csv", "2");

        Assert.Equal(ExitCodes.Done, await _run.RunAsync("load", _inbox.At("a.csv"), _inbox.At("b.csv"), "--table", "sales.all"));
        var spec = Assert.Single(_inbox.Ledger.Accepted).Spec;
        Assert.Equal(("sales", "all", 2), (spec.TableSchema, spec.TableName, spec.Files.Count));
    }

    [Fact]
    public async Task Nothing_is_accepted_while_the_queue_database_is_away()
    {
        _inbox.Write("a.csv", "1");
        _inbox.Ledger.Away = true;

        Assert.Equal(ExitCodes.NotReachable, await _run.RunAsync("load", _inbox.At("a.csv")));
        Assert.Contains("The queue database does not answer", _run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("a.csv.queued", _inbox.Names());
    }

    [Fact]
    public async Task A_delivery_may_be_an_append_under_another_name()
    {
        var file = Outside("repaired.tmp", "id\n1\n");

        Assert.Equal(ExitCodes.Done, await _run.RunAsync("deliver", file, "--inbox", "main", "--name", "r.csv", "--table", "o", "--append"));
        var spec = _inbox.Trigger("r.csv", _inbox.Read("r.csv.trigger")).Spec;
        Assert.Equal((LoadMode.Append, "o", 5L), (spec.Mode, spec.TableName, spec.Expect!.Bytes));
    }

    [Fact]
    public async Task A_delivery_waits_for_its_own_load_and_for_none_of_the_same_name()
    {
        _run.Ledger.Add("orders.csv", LoadStatus.Failed);
        var own = _run.Ledger.Add("orders.csv", LoadStatus.Loaded);
        _run.Ledger.Add("orders.csv", LoadStatus.Failed);
        _run.Ledger.Delivered = id => id == _inbox.Trigger("orders.csv", _inbox.Read("orders.csv.trigger")).Delivery ? own : null;

        Assert.Equal(ExitCodes.Done, await _run.RunAsync("deliver", Outside("orders.csv", "id\n1\n"), "--inbox", "main", "--wait"));
    }

    [Fact]
    public async Task A_delivery_that_no_watcher_takes_waits_no_longer_than_it_is_given()
    {
        Assert.Equal(ExitCodes.TimedOut, await _run.RunAsync("deliver", Outside("orders.csv", "id\n1\n"), "--inbox", "main", "--wait", "--timeout", "0.3s"));
        Assert.Contains("No watcher took main/orders.csv.trigger within", _run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_delivery_to_a_target_that_is_not_there_ends_with_the_nearest_name_and_writes_nothing()
    {
        Assert.Equal(ExitCodes.Usage, await _run.RunAsync("deliver", Outside("orders.csv", "id\n1\n"), "--inbox", "main", "--target", "lkae"));
        Assert.Contains("the nearest is lake", _run.Errors, StringComparison.Ordinal);
        Assert.Empty(_inbox.Names());
    }

    [Fact]
    public async Task A_check_shows_types_table_and_dialect_and_writes_nothing()
    {
        var file = Outside("Orders 2026.csv", "id;price\n1;2.50\n2;10.25\n");

        Assert.Equal(ExitCodes.Done, await _run.RunAsync("check", file, "--json"));
        var check = JsonDocument.Parse(_run.Printed).RootElement[0];
        Assert.Equal("public.orders_2026", check.GetProperty("table").GetString());
        Assert.Equal(";", check.GetProperty("dialect").GetProperty("delimiter").GetString());
        Assert.Equal(2, check.GetProperty("rows").GetInt64());
        Assert.Equal("CREATE TABLE \"public\".\"orders_2026\" (\n    \"id\" bigint,\n    \"price\" numeric(4,2)\n);", check.GetProperty("ddl").GetString());
        Assert.Empty(_inbox.Ledger.Loads);
        Assert.Empty(_inbox.Names());
    }

    [Fact]
    public async Task A_check_of_a_damaged_file_shows_every_reject_and_says_that_a_load_would_fail()
    {
        var rows = string.Concat(Enumerable.Range(1, 50).Select(i => $"{i},a,b\n"));
        var file = Outside("orders.csv", "id,x,y\n" + rows + "51,a\n" + rows + "52,a\n" + rows);

        Assert.Equal(ExitCodes.LoadsFailed, await _run.RunAsync("check", file, "--json"));
        var check = JsonDocument.Parse(_run.Printed).RootElement[0];
        Assert.Equal(2, check.GetProperty("rejected").GetInt64());
        Assert.Equal([52L, 103L], check.GetProperty("rejects").EnumerateArray().Select(r => r.GetProperty("line").GetInt64()));
        Assert.Contains("\"max\": 2", check.GetProperty("hint").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_check_for_people_is_a_table()
    {
        Assert.Equal(ExitCodes.Done, await _run.RunAsync("check", Outside("o.csv", "id,name\n1,ada\n2,bob\n")));
        Assert.Contains("name    text", _run.Printed, StringComparison.Ordinal);
        Assert.Contains("CREATE TABLE", _run.Printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_check_of_json_lines_says_so_and_speaks_of_no_delimiter()
    {
        Assert.Equal(ExitCodes.Done, await _run.RunAsync("check", Outside("o.jsonl", "{\"id\":1}\n")));
        Assert.Contains("JSON lines, utf-8", _run.Printed, StringComparison.Ordinal);
        Assert.DoesNotContain("delimiter", _run.Printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rejected_rows_are_written_under_their_header_to_be_repaired()
    {
        var load = Loaded(
            """{"details":{"columns":[{"source":"id"},{"source":"the;name"}],"files":[{"path":"orders.csv","dialect":{"delimiter":";","quote":"\"","header":true}}]}}""",
            new RejectedRecord("orders.csv", 3, 20, 6, "id", "column 'id' has 'x', which is not a valid bigint", "x;ada"));
        var path = Path.Combine(_inbox.Outside, "repair.csv");

        Assert.Equal(ExitCodes.Done, await _run.RunAsync("rejects", load, "--out", path));
        Assert.Equal("id;\"the;name\"\nx;ada\n", File.ReadAllText(path));
        Assert.Contains("--table orders --append --dialect '{\"delimiter\":\";\",\"quote\":\"\\\"\",\"escape\":\"\",\"header\":true}'", _run.Printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rejected_rows_of_a_file_without_quotes_and_with_a_comma_as_point_say_so()
    {
        var load = Loaded(
            """{"details":{"columns":[{"source":"id"},{"source":"qty"}],"files":[{"path":"orders.csv","dialect":{"delimiter":"\t","header":true,"nulls":["","N'A"],"decimal":",","date_format":"dd.MM.yyyy"}}]}}""",
            new RejectedRecord("orders.csv", 3, 20, 6, "id", "column 'id' has 'x', which is not a valid bigint", "x\t1,5"));
        var path = Path.Combine(_inbox.Outside, "repair.csv");

        Assert.Equal(ExitCodes.Done, await _run.RunAsync("rejects", load, "--out", path));
        Assert.Equal("id\tqty\nx\t1,5\n", File.ReadAllText(path));
        var reported = _run.Printed[(_run.Printed.IndexOf("--dialect '", StringComparison.Ordinal) + 11)..].TrimEnd('\n', '\'').Replace("'\\''", "'", StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Done, await _run.RunAsync("deliver", path, "--inbox", "main", "--append", "--dialect", reported));
        var dialect = _inbox.Trigger("repair.csv", _inbox.Read("repair.csv.trigger")).Spec.Dialect!;
        Assert.Equal(("\t", "", ",", "dd.MM.yyyy", true), (dialect.Delimiter, dialect.Quote, dialect.Decimal, dialect.Date, dialect.Header));
        Assert.Equal(["", "N'A"], dialect.Null!);

        Assert.Equal(ExitCodes.Usage, await _run.RunAsync("deliver", path, "--inbox", "main", "--dialect", """{"delimeter": ";"}"""));
    }

    [Fact]
    public async Task Rejected_rows_never_replace_a_file()
    {
        var load = Loaded("""{"details":{"columns":[],"files":[]}}""");

        await _run.RunAsync("rejects", load, "--out", Outside("mine.csv", "keep"));
        Assert.Equal("keep", File.ReadAllText(Path.Combine(_inbox.Outside, "mine.csv")));
    }

    [Fact]
    public async Task Rejected_rows_show_file_line_and_reason()
    {
        var load = Loaded("{}", new RejectedRecord("orders.csv", 3, 20, 6, null, "has 1 field", "x"));

        Assert.Equal(ExitCodes.Done, await _run.RunAsync("rejects", load));
        Assert.Contains("orders.csv     3", _run.Printed, StringComparison.Ordinal);
        Assert.Contains("has 1 field", _run.Printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_load_is_shown_with_its_columns_and_not_as_json()
    {
        var load = Loaded("""
            {"details":{"columns":[{"name":"id","type":"bigint","source":"ID","nulls":2},
                                   {"name":"amount","type":"text","source":"amount","nulls":0,"excluded":{"line":7,"value":"n/a","narrower":"numeric"}}],"notes":["3 lines skipped"]}}
            """);

        Assert.Equal(ExitCodes.Done, await _run.RunAsync("show", load));

        Assert.Contains("notes      3 lines skipped", _run.Printed, StringComparison.Ordinal);
        Assert.Contains("""
            COLUMN  TYPE    NULLS  IN THE FILE  WHY NOT NARROWER
            id      bigint      2  ID
            amount  text        0  amount       line 7 has 'n/a'
            """, _run.Printed, StringComparison.Ordinal);
        Assert.DoesNotContain("{", _run.Printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_receipt_without_details_is_shown_without_columns()
    {
        Assert.Equal(ExitCodes.Done, await _run.RunAsync("show", Loaded("""{"status":"loaded"}""")));
        Assert.DoesNotContain("COLUMN", _run.Printed, StringComparison.Ordinal);
    }

    private string Loaded(string receipt, params RejectedRecord[] rejects)
    {
        var load = _run.Ledger.Add("orders.csv", LoadStatus.Loaded);
        _run.Ledger.Change(load, l => l with { RowsRejected = rejects.Length, Receipt = receipt });
        _run.Services.AddSingleton(new TargetCatalog(new Dictionary<string, ILoadTarget> { ["warehouse"] = new FakeTarget { Rejected = rejects } }));
        return load.ToString();
    }
}
