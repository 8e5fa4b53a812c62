using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Etl.Loader.IntegrationTests.EndToEnd;
using Etl.Loader.Ledger;
using Etl.Loader.Notifications;

namespace Etl.Loader.IntegrationTests.Notifications;

/// <summary>The receiver on the page works as it is there.</summary>
public sealed class ReceiverPageTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_receiver_of_the_page_takes_what_we_sign_once_and_refuses_another_signature()
    {
        var page = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "notifications.md"), Token);
        var code = page.Split("```python\n")[1].Split("```")[0];
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        var port = ((IPEndPoint)probe.LocalEndpoint).Port;
        probe.Stop();
        var start = new ProcessStartInfo("python3", ["-c", code, port.ToString(System.Globalization.CultureInfo.InvariantCulture)]) { RedirectStandardOutput = true };
        start.Environment["WEBHOOK_SECRET"] = NotifierStage.Secret;
        using var receiver = Process.Start(start)!;
        try
        {
            var claimed = new Claimed(17, 1, "failed", LoadId.New(TimeProvider.System), """{"type":"failed","timestamp":"2026-03-01T02:00:02+00:00","data":{"dataset":"orders ä.csv"}}""");
            var address = $"http://127.0.0.1:{port}/";
            using var right = new Webhook("ops", new WebhookOptions { Url = address, Secret = NotifierStage.Secret }, TimeProvider.System);
            using var wrong = new Webhook("ops", new WebhookOptions { Url = address, Secret = new string('x', 32) }, TimeProvider.System);

            // Tried until the receiver answers, as the notifier does: a line may break, and a repeat is what the receiver has its memory for.
            await AnswersAsync(right, claimed, null);
            await AnswersAsync(right, claimed with { Attempt = 2 }, null);
            await AnswersAsync(wrong, claimed with { Id = 18 }, "it answered 401");
            await AnswersAsync(right, claimed with { Id = 19, Event = "loaded", Body = """{"type":"loaded","data":{}}""" }, null);

            Assert.Equal("failed {\"dataset\": \"orders \\u00e4.csv\"}", await receiver.StandardOutput.ReadLineAsync(Token));
            Assert.Equal("loaded {}", await receiver.StandardOutput.ReadLineAsync(Token));
        }
        finally
        {
            receiver.Kill();
            await receiver.WaitForExitAsync(CancellationToken.None);
        }
    }

    private static async Task AnswersAsync(Webhook webhook, Claimed claimed, string? wanted)
    {
        string? problem = null;
        await Deadline.WaitAsync(async () => (problem = await webhook.PostAsync(claimed, Token)) == wanted ? "" : null, () => $"not answered as wanted: {problem}", token: Token);
    }
}
