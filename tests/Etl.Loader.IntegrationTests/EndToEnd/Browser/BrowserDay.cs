using Microsoft.Playwright;
using Npgsql;

namespace Etl.Loader.IntegrationTests.EndToEnd.Browser;

[CollectionDefinition(nameof(BrowserDay))]
public sealed class BrowserDays : ICollectionFixture<BrowserDay>;

/// <summary>
/// An <c>up</c> in the middle of a day on which everything happens that people ask the dashboard about, and a browser: one table grew, one delivery is
/// broken, one lost most of its rows, one is late, one never came, a lane is paused, a load runs that a reader keeps from being published.
/// </summary>
public sealed class BrowserDay : IAsyncLifetime
{
    public const string PauseReason = "the disk of the lake is replaced";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private NpgsqlConnection? _reader;
    private Chromium? _chromium;

    internal RunningUp Up { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Up = await RunningUp.StartAsync(
            [.. Rules(("orders-*.csv", "table", "orders"), ("prices.csv", "due", "00:00"), ("fx-*.csv", "due", "06:00 Europe/Zurich"), ("stock.csv", "shrink", "50%"))]);
        await LoadAsync("orders-1.csv", Rows(100));
        await LoadAsync("orders-2.csv", Rows(150));
        await LoadAsync("prices.csv", Rows(5));
        await LoadAsync("stock.csv", Rows(10));
        await LoadAsync("slow.csv", Rows(3));
        Up.Deliver("warehouse", "stock.csv", Rows(2));
        await Up.FailedAsync("warehouse", "stock.csv");
        Up.Deliver("warehouse", "broken.csv", "id,name\n1,a\nx,b\n", """{ "schema": { "id": "bigint" } }""");
        await Up.FailedAsync("warehouse", "broken.csv");
        await Up.QueueAsync("UPDATE etl_loader.load SET accepted_at = now() - interval '3 days' WHERE dataset = 'prices.csv'");
        (await Up.RunVerbAsync("pause", "lake", "--reason", PauseReason)).Ended(0);
        await HoldBackAsync("slow");
        _chromium = await Chromium.LaunchAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await (_chromium?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_reader?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (Up?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    /// <summary>The first page, as someone sees it who opens the address, or another.</summary>
    internal async Task<Visit> OpenAsync(ColorScheme scheme, int width, string path = "/")
    {
        var page = await _chromium!.Browser.NewPageAsync(new BrowserNewPageOptions { ColorScheme = scheme, ViewportSize = new ViewportSize { Width = width, Height = 900 } });
        page.SetDefaultTimeout((float)Patience.TotalMilliseconds);
        var visit = new Visit(page, Up.Ready.Dashboard);
        await visit.GoAsync(path);
        return visit;
    }

    internal async Task<string> LoadIdAsync(string dataset) =>
        (await Up.QueueAsync($"SELECT load_id FROM etl_loader.load WHERE dataset = '{dataset}' ORDER BY sequence DESC LIMIT 1"))[0][0]!;

    private static IEnumerable<string> Rules(params (string Match, string Key, string Value)[] rules) => rules.SelectMany((rule, i) => (string[])
        [
            "--set", $"Loader:Inboxes:warehouse:Datasets:{i}:Match={rule.Match}",
            "--set", $"Loader:Inboxes:warehouse:Datasets:{i}:{rule.Key}={rule.Value}",
        ]);

    private static string Rows(int count) => "id,amount\n" + string.Concat(Enumerable.Range(1, count).Select(i => FormattableString.Invariant($"{i},{i}.50\n")));

    private async Task LoadAsync(string file, string content)
    {
        Up.Deliver("warehouse", file, content);
        await Up.LoadedAsync("warehouse", file);
    }

    /// <summary>The next load of the table cannot be published while a reader has it open.</summary>
    private async Task HoldBackAsync(string table)
    {
        _reader = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(Up.Ready.Warehouse) { Pooling = false }.ConnectionString);
        await _reader.OpenAsync();
        await using (var read = new NpgsqlCommand($"BEGIN; LOCK TABLE {table} IN ACCESS SHARE MODE", _reader))
        {
            await read.ExecuteNonQueryAsync();
        }

        Up.Deliver("warehouse", table + ".csv", Rows(4));
        await Deadline.WaitAsync(
            async () => (await Up.QueueAsync($"SELECT 1 FROM etl_loader.load WHERE dataset = '{table}.csv' AND stage = 'publishing'")).Count == 1 ? "" : null,
            () => $"{table} does not come to its publishing:\n{Up.Said}");
    }
}
