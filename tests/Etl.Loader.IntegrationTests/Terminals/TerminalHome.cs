using Etl.Loader.IntegrationTests.EndToEnd;

namespace Etl.Loader.IntegrationTests.Terminals;

/// <summary>One <c>up</c> for all terminal tests, with a load of each outcome; and verbs on a terminal or a pipe over it.</summary>
public sealed class TerminalHome : IAsyncLifetime
{
    private static readonly TimeSpan VerbLimit = TimeSpan.FromMinutes(1);

    internal RunningUp Up { get; private set; } = null!;

    /// <summary>Loaded, two rows of three.</summary>
    internal string Loaded { get; private set; } = null!;

    /// <summary>Failed: a row is too long.</summary>
    internal string Failed { get; private set; } = null!;

    /// <summary>Loaded into the other target.</summary>
    internal string Other { get; private set; } = null!;

    /// <summary>What these verbs showed on 80 columns while there were these three loads and no more.</summary>
    internal IReadOnlyDictionary<string, ScreenView> Quiet { get; private set; } = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Up = await RunningUp.StartAsync();
        Up.Deliver("warehouse", "orders-2026-11-29-from-the-shop-in-the-north.csv", "id,amount,day\n1,9.50,2026-11-01\n2,x,2026-11-02\n3,1,2026-11-03\n", """
            { "table": "orders", "schema": { "amount": "numeric" }, "rejects": { "max": 3 } }
            """);
        Loaded = (await Up.LoadedAsync("warehouse", "orders-2026-11-29-from-the-shop-in-the-north.csv")).LoadId[^12..];
        Up.Deliver("warehouse", "broken.csv", "id,name\n1,one\n2,two,too many\n");
        Failed = (await Up.FailedAsync("warehouse", "broken.csv")).LoadId[^12..];
        Up.Deliver("lake", "events.csv", "id\n1\n2\n");
        Other = (await Up.LoadedAsync("lake", "events.csv")).LoadId[^12..];
        await UntilIdleAsync();
        var shown = await Task.WhenAll(QuietAsync("status"), QuietAsync("doctor"), WatchAsync());
        Quiet = new Dictionary<string, ScreenView>(StringComparer.Ordinal) { ["status"] = shown[0], ["doctor"] = shown[1], ["status --watch"] = shown[2] };
    }

    public async ValueTask DisposeAsync()
    {
        if (Up is not null)
        {
            await Up.DisposeAsync();
        }
    }

    private async Task<ScreenView> QuietAsync(string verb)
    {
        var (code, view, _) = await ShowAsync(80, colours: true, verb);
        Assert.True(code == 0, $"{verb} ended with {code}:\n{view.Text}");
        return view;
    }

    private async Task<ScreenView> WatchAsync()
    {
        await using var terminal = Open(80, colours: true, "status", "--watch");
        await Deadline.UntilAsync(() => terminal.View.Text.Contains("Ctrl-C ends.", StringComparison.Ordinal), () => terminal.View.Text, token: Token);
        terminal.Interrupt();
        Assert.Equal(0, await terminal.WaitForExitAsync(VerbLimit, Token));
        return terminal.View;
    }

    private async Task UntilIdleAsync()
    {
        var says = "";
        await Deadline.WaitAsync(
            async () =>
            {
                var status = (await Up.RunVerbAsync("status", "--json")).Json();
                says = status.ToString();
                return status.GetProperty("lanes").EnumerateArray().All(l => l.GetProperty("condition").GetString() == "idle")
                    && status.GetProperty("watchers").EnumerateArray().All(w => w.GetProperty("last_scan_at").GetString() is not null) ? says : null;
            },
            () => says,
            token: Token);
    }

    internal PseudoTerminal Open(int columns, bool colours, params string[] verb) => PseudoTerminal.Start(
        RunningUp.Executable,
        verb,
        columns,
        Up.Outside,
        new Dictionary<string, string?> { ["ETL_LOADER_HOME"] = Up.Home, ["NO_COLOR"] = colours ? null : "1", ["ConnectionStrings__Queue"] = null });

    /// <summary>What is on the screen at the end, with the exit code.</summary>
    internal async Task<(int ExitCode, ScreenView View, string Raw)> ShowAsync(int columns, bool colours, params string[] verb)
    {
        await using var terminal = Open(columns, colours, verb);
        var code = await terminal.WaitForExitAsync(VerbLimit, Token);
        return (code, terminal.View, terminal.Raw);
    }
}
