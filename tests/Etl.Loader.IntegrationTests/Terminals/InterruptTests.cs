using Etl.Loader.IntegrationTests.EndToEnd;
using Etl.Loader.IntegrationTests.Telemetry;

namespace Etl.Loader.IntegrationTests.Terminals;

/// <summary>Ctrl-C in the middle of what lasts: the verb ends at once, by its own exit code, and leaves the terminal as it found it.</summary>
[Collection(Terminals.Name)]
public sealed class InterruptTests(TerminalHome home)
{
    private const int Interrupted = 130;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public Task A_wait_for_a_load_that_never_comes() => EndsAsync(Interrupted, null, "wait", "file:never.csv");

    [Fact]
    public Task The_live_status() => EndsAsync(0, "Ctrl-C ends.", "status", "--watch");

    [Fact]
    public Task The_question_before_many_are_changed() => EndsAsync(Interrupted, "[y/N]", "requeue", "table:broken");

    [Fact]
    public Task A_password_that_is_typed() => EndsAsync(Interrupted, "Password:", "hash-password");

    [Fact]
    public Task A_watcher() => EndsAsync(0, "watching", "watch", "--set", $"Loader:Http:Port={FreePort.Find()}");

    [Fact]
    public Task A_loader() => EndsAsync(0, "dashboard", "serve", "--set", $"Loader:Http:Port={FreePort.Find()}");

    [Fact]
    public async Task A_delivery_that_waits_for_a_paused_lane()
    {
        (await home.Up.RunVerbAsync("pause", "lake")).Ended(0);
        var file = Path.Combine(home.Up.Outside, "held.csv");
        await File.WriteAllTextAsync(file, "id\n1\n", Token);

        await EndsAsync(Interrupted, "held: queued", "deliver", file, "--inbox", "lake", "--wait");

        (await home.Up.RunVerbAsync("resume", "lake")).Ended(0);
        await home.Up.LoadedAsync("lake", "held.csv");
    }

    /// <param name="shown">What is waited for before; null: until the program hears interrupts.</param>
    private async Task EndsAsync(int code, string? shown, params string[] verb)
    {
        await using var terminal = home.Open(80, colours: true, verb);
        await Deadline.UntilAsync(
            () => shown is null ? HearsInterrupts(terminal.ProcessId) : terminal.View.Text.Contains(shown, StringComparison.Ordinal),
            () => $"never seen: {shown}\n{terminal.View.Text}",
            token: Token);

        terminal.Interrupt();

        var ended = await terminal.WaitForExitAsync(Limit, Token);
        Assert.True(ended == code, $"ended with {ended}, expected {code}:\n{terminal.View.Text}");
        Assert.DoesNotContain("error", terminal.View.Text, StringComparison.Ordinal);
        Assert.True(terminal.View.CursorShown);
    }

    /// <summary>The program catches SIGINT as soon as it has begun; before, what was started in its place has no terminal yet.</summary>
    private static bool HearsInterrupts(int process)
    {
        if (File.ResolveLinkTarget($"/proc/{process}/exe", returnFinalTarget: false)?.Name != "etl-loader")
        {
            return false;
        }

        const ulong sigInt = 1UL << 1;
        var caught = File.ReadLines($"/proc/{process}/status").First(l => l.StartsWith("SigCgt:", StringComparison.Ordinal));
        return (Convert.ToUInt64(caught.Split('\t')[1], 16) & sigInt) != 0;
    }
}
