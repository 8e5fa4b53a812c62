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
        to do      Repair the line (quote a delimiter inside a text; remove lines after
                   the table), or write "rejects": {"max": 1} in the trigger to leave
                   such lines out.

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
                                                which is not a valid
                                                numeric
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
          Repair the line (quote a delimiter inside a text; remove lines after the
          table), or write "rejects": {"max": 1} in the trigger to leave such lines out.
        """);

    [Fact]
    public Task A_misspelt_option() => ShowsAsync(
        ["requeue", "--dryrun", "file:broken.csv", "--yes"],
        """
        error: requeue has no option '--dryrun'; did you mean --dry-run?
          See: etl-loader requeue --help. After --, a word that begins with '-' is taken
          literally.
        """);

    [Fact]
    public void Status() => Showed(
        "status",
        """
        2 loaded, 1 failed
        lake: idle
        warehouse: idle
        LANE       STATE  HOLDER  EPOCH  WAITING  BYTES
        lake       idle   host:1  1      0        0 B
        warehouse  idle   host:1  1      0        0 B
        INBOX      WATCHER  MODE    STATE     LAST SCAN
        lake       host:1   events  watching  1 s ago
        warehouse  host:1   events  watching  1 s ago
        """);

    [Fact]
    public void The_live_status() => Showed(
        "status --watch",
        """
        2 loaded, 1 failed

          LANE        NOW       SPEED   LEFT   WAITING
        ────────────────────────────────────────────────
          lake        idle
          warehouse   idle

        ENDED   DATASET                                                     ROWS     AGE
        loaded  lake/events.csv                                                2     1 s
        failed  warehouse/broken.csv                                                 1 s
          broken.csv: line 3 has 3 fields, the header has 2.
        loaded  warehouse/orders-2026-11-29-from-the-shop-in-the-north.csv     2     1 s
          1 rejected
        Ctrl-C ends.
        ^C
        """);

    /// <summary>Row by row, since where a row breaks depends on how long the paths of this machine are; that all fit the screen is looked at too.</summary>
    [Fact]
    public void Doctor()
    {
        var lines = home.Quiet["doctor"].Lines;
        Assert.All(lines, line => Assert.InRange(line.Length, 0, 80));
        const string expected = """
            configuration | ok | 2 targets, 2 inboxes
            queue | ok | 127.0.0.1:1/etl_loader, PostgreSQL 1, answers in 1 ms
            target lake | ok | <home>, 1 free
            target warehouse | ok | 127.0.0.1:1/warehouse, PostgreSQL 1, answers in 1 ms
            inbox lake | ok | <home>/inbox/lake, 1 free
            inbox warehouse | ok | <home>/inbox/warehouse, 1 free
            inotify | ok | 1 watches, 2 directories in inboxes
            lane lake | ok | idle; served by host:1
            lane warehouse | ok | idle; served by host:1
            inbox lake | ok | watcher host:1: watching
            inbox warehouse | ok | watcher host:1: watching
            """;
        var seen = string.Join('\n', Findings(lines)).Replace(home.Up.Home, "<home>", StringComparison.Ordinal);
        seen = OfTheMachine().Replace(seen, "1");
        seen = HostAndProcess().Replace(seen, "host:1");
        Assert.True(expected == seen, $"doctor shows:\n{seen}\nexpected was:\n{expected}");
    }

    /// <summary>Each finding on one line, its cells divided by a bar. A part that fills its column was broken within a word.</summary>
    private static IEnumerable<string> Findings(IReadOnlyList<string> lines)
    {
        int[] starts = [0, Level().Match(lines[1]).Index, lines[0].IndexOf("FOUND", StringComparison.Ordinal), lines[0].IndexOf("TO DO", StringComparison.Ordinal), 82];
        var rows = new List<string[]>();
        foreach (var line in lines.Skip(1).Select(line => line.PadRight(80)))
        {
            var parts = Enumerable.Range(0, 4).Select(i => line[starts[i]..(starts[i + 1] - 2)]).ToArray();
            if (parts[0].Trim().Length > 0)
            {
                rows.Add(parts);
                continue;
            }

            for (var i = 0; i < parts.Length; i++)
            {
                rows[^1][i] = rows[^1][i].EndsWith(' ') ? $"{rows[^1][i].TrimEnd()} {parts[i]}" : rows[^1][i] + parts[i];
            }
        }

        return rows.Select(row => string.Join(" | ", row.Select(cell => cell.Trim())).TrimEnd(' ', '|'));
    }

    /// <summary>As wide as its heading, whatever the host's name is.</summary>
    private static string Padded(Match cell) => (cell.Groups[1].Value.Contains(':', StringComparison.Ordinal) ? "host:1" : cell.Groups[1].Value).PadRight(cell.Groups[2].Value is "MODE" or "events" ? 9 : 8) + cell.Groups[2].Value;

    private void Showed(string verb, string expected)
    {
        var seen = Since().Replace(Holder().Replace(Watcher().Replace(Steady(home.Quiet[verb].Text), Padded), Padded), "1 s ago");
        Assert.True(expected == seen, $"{verb} showed:\n{seen}\nexpected was:\n{expected}");
    }

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

    [GeneratedRegex(@"(HOLDER|[\w.-]+:\d+) +(EPOCH|\d)")]
    private static partial Regex Holder();

    [GeneratedRegex(@"(WATCHER|[\w.-]+:\d+) +(MODE|events)")]
    private static partial Regex Watcher();

    [GeneratedRegex(@"\d+ s ago$", RegexOptions.Multiline)]
    private static partial Regex Since();

    /// <summary>Ports, versions, times, space and limits.</summary>
    [GeneratedRegex(@"(?<=127\.0\.0\.1:)\d+|(?<=PostgreSQL )[\d.]+|(?<=answers in )[\d.]+|[\d.]+ [kMGT]B(?= free)|[\d,]+(?= watches)")]
    private static partial Regex OfTheMachine();

    [GeneratedRegex(@"(?<=served by |watcher )[\w.-]+:\d+")]
    private static partial Regex HostAndProcess();

    [GeneratedRegex(@"(?<=  )(ok|warning|fault)\b")]
    private static partial Regex Level();

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
