using System.Text.RegularExpressions;

namespace Etl.Loader.IntegrationTests.Terminals;

/// <summary>What a person with 80 columns sees, line for line. Ids, times and what else differs each time are written as the same text of the same width.</summary>
[Collection(Terminals.Name)]
public sealed partial class GoldenScreenTests(TerminalHome home)
{
    [Fact]
    public Task Loads() => ShowsAsync(
        ["loads", home.Loaded, home.Failed, home.Other],
        """
        LOAD          STATUS  DATASET                               TABLE   ROWS     AGE
        aaaaaaaaaaaa  loaded  warehouse/orders-…p-in-the-north.csv  orders     2     1 s
          1 rejected
        bbbbbbbbbbbb  failed  warehouse/broken.csv                  broken           1 s
          broken.csv: line 3 has 3 fields, the header has 2.
        cccccccccccc  loaded  lake/events.csv                       events     2     1 s
        """);

    [Fact]
    public Task A_loaded_load() => ShowsAsync(
        ["show", home.Loaded],
        """
        load       aaaaaaaaaaaa (00000000-0000-7000-8000-aaaaaaaaaaaa)
        status     loaded
        dataset    warehouse/orders-2026-11-29-from-the-shop-in-the-north.csv
        files      orders-2026-11-29-from-the-shop-in-the-north.csv (62 B)
        table      warehouse: orders, replace
        rows       2 loaded, 1 rejected; see: etl-loader rejects aaaaaaaaaaaa
        speed      1 B/s, 1 rows/s
        accepted   2000-01-01 00:00:00Z (1 s ago)
        finished   2000-01-01 00:00:00Z

        COLUMN  TYPE     NULLS  IN THE FILE  WHY NOT NARROWER
        id      bigint       0  id
        amount  numeric      0  amount       line 3 has 'x'
        day     date         0  day

        ATTEMPT  STARTED                TOOK  OUTCOME  BY  EPOCH
              1  2000-01-01 00:00:00Z  0.1 s  loaded   host:1  1

        AT        LOG
        00:00:00  surveying
        00:00:00  surveyed: 3 rows, 3 columns, 62 bytes
        00:00:00  staging
        00:00:00  staged: 2 rows, 1 rejected
        00:00:00  publishing
        00:00:00  published: 2 rows in public.orders
        """);

    [Fact]
    public Task A_failed_load() => ShowsAsync(
        ["show", home.Failed],
        """
        load       bbbbbbbbbbbb (00000000-0000-7000-8000-bbbbbbbbbbbb)
        status     failed
        dataset    warehouse/broken.csv
        files      broken.csv (29 B)
        table      warehouse: broken, replace
        accepted   2000-01-01 00:00:00Z (1 s ago)
        finished   2000-01-01 00:00:00Z
        error      broken.csv: line 3 has 3 fields, the header has 2.
        line       3
        to do      Repair the line (a delimiter inside a text must be quoted; lines
                   after the table are none of it), or write "rejects": {"max": 1} in
                   the trigger to leave such lines out.

        ATTEMPT  STARTED                TOOK  OUTCOME  BY  EPOCH
              1  2000-01-01 00:00:00Z  0.1 s  failed   host:1  1
          broken.csv: line 3 has 3 fields, the header has 2.

        AT        LOG
        00:00:00  surveying
        00:00:00  error: broken.csv: line 3 has 3 fields, the header has 2.
        """);

    [Fact]
    public Task Tables() => ShowsAsync(
        ["tables", "warehouse.orders"],
        """
        TARGET     TABLE   ROWS     AGE  LOAD          MADE BY
        warehouse  orders     2     1 s  aaaaaaaaaaaa  orders-2026-11-2…in-the-north.csv
        """);

    [Fact]
    public Task Rejects() => ShowsAsync(
        ["rejects", home.Loaded],
        """
        FILE                      LINE  COLUMN  REASON                    ROW
        orders-2026…he-north.csv     3  amount  column 'amount' has 'x',  2,x,2026-11-02
                                                which is no numeric
        """);

    [Fact]
    public Task A_dry_run() => ShowsAsync(
        ["requeue", "table:broken", "--dry-run"],
        """
        LOAD          STATUS  DATASET               TABLE   ROWS     AGE
        bbbbbbbbbbbb  failed  warehouse/broken.csv  broken           1 s
          broken.csv: line 3 has 3 fields, the header has 2.
        would requeue 1 load; nothing was changed
        """);

    [Fact]
    public Task A_wait() => ShowsAsync(
        ["wait", home.Loaded, home.Failed],
        """

        orders-2026-11-…rth.csv → orders: loaded, 2 rows ━━━━━━━━━━━━━━━━━━━━ 100%
        broken.csv → broken: failed                      ━━━━━━━━━━━━━━━━━━━━   0%

        failed: warehouse/broken.csv: broken.csv: line 3 has 3 fields, the header has 2.
          Repair the line (a delimiter inside a text must be quoted; lines after the
          table are none of it), or write "rejects": {"max": 1} in the trigger to leave
          such lines out.
        """);

    [Fact]
    public Task A_misspelt_option() => ShowsAsync(
        ["requeue", "--dryrun", "file:broken.csv", "--yes"],
        """
        error: requeue has no option '--dryrun'; did you mean --dry-run?
          See: etl-loader requeue --help. After -- a word that begins with '-' is taken
          as it is.
        """);

    private async Task ShowsAsync(string[] verb, string expected)
    {
        var (_, view, _) = await home.ShowAsync(80, colours: true, verb);
        var seen = Steady(view.Text);
        Assert.True(expected == seen, $"{string.Join(' ', verb)} shows:\n{seen}\nexpected was:\n{expected}");
    }

    private string Steady(string screen)
    {
        var text = screen
            .Replace(home.Loaded, "aaaaaaaaaaaa", StringComparison.Ordinal)
            .Replace(home.Failed, "bbbbbbbbbbbb", StringComparison.Ordinal)
            .Replace(home.Other, "cccccccccccc", StringComparison.Ordinal);
        text = WholeId().Replace(text, "00000000-0000-7000-8000-");
        text = Moment().Replace(text, "2000-01-01 00:00:00Z");
        text = Clock().Replace(text, "00:00:00");
        text = Age().Replace(text, age => "1 s".PadLeft(age.Length));
        text = Ago().Replace(text, "(1 s ago)");
        text = Took().Replace(text, "0.1 s");
        text = Process().Replace(text, "host:1  1");
        text = AttemptHeading().Replace(text, "BY  EPOCH");
        return Speed().Replace(text, "speed      1 B/s, 1 rows/s");
    }

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-")]
    private static partial Regex WholeId();

    [GeneratedRegex(@"\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ")]
    private static partial Regex Moment();

    [GeneratedRegex(@"^\d\d:\d\d:\d\d", RegexOptions.Multiline)]
    private static partial Regex Clock();

    [GeneratedRegex(@"(?<=  ) *\d+ (s|min)(?=  |$)", RegexOptions.Multiline)]
    private static partial Regex Age();

    [GeneratedRegex(@"\((\d+ min )?\d+ s ago\)")]
    private static partial Regex Ago();

    [GeneratedRegex(@"\d\.\d s(?=  )")]
    private static partial Regex Took();

    [GeneratedRegex(@"[\w.-]+:\d+ +\d+$", RegexOptions.Multiline)]
    private static partial Regex Process();

    [GeneratedRegex("BY +EPOCH")]
    private static partial Regex AttemptHeading();

    [GeneratedRegex("^speed .*$", RegexOptions.Multiline)]
    private static partial Regex Speed();
}
