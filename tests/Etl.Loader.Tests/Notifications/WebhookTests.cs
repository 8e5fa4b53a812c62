using System.Text.Json;
using Etl.Loader.Inboxes.Due;
using Etl.Loader.Ledger;
using Etl.Loader.Notifications;
using Etl.Loader.Telemetry;
using Etl.Loader.Tests.Docs;

namespace Etl.Loader.Tests.Notifications;

public class WebhookTests
{
    private static readonly DateTimeOffset At = DateTimeOffset.UnixEpoch.AddHours(1);

    /// <summary>The example of the Standard Webhooks' own libraries.</summary>
    [Fact]
    public void The_signature_is_that_of_Standard_Webhooks() => Assert.Equal(
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        WebhookSignature.Of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, "{\"test\": 2432232314}"));

    [Fact]
    public void A_repeat_has_the_same_id_and_another_event_of_the_load_another_one()
    {
        var load = LoadId.New(TimeProvider.System);
        var first = new Claimed(17, 1, "failed", load, "{}");

        Assert.Equal($"{load}-failed-17", Webhook.IdOf(first));
        Assert.Equal(Webhook.IdOf(first), Webhook.IdOf(first with { Attempt = 2 }));
        Assert.NotEqual(Webhook.IdOf(first), Webhook.IdOf(first with { Id = 18 }));
        Assert.Equal("lane_stalled-19", Webhook.IdOf(new Claimed(19, 1, "lane_stalled", null, "{}")));
    }

    [Theory]
    [InlineData(1, 0, 5)]
    [InlineData(2, 0, 10)]
    [InlineData(2, 1, 12)]
    [InlineData(11, 0, 3600)]
    [InlineData(100, 1, 4320)]
    public void Pauses_grow_to_an_hour(int attempt, double chance, double seconds) =>
        Assert.Equal(seconds, WebhookSender.Pause(attempt, chance).TotalSeconds, 3);

    [Fact]
    public void The_page_has_every_field_of_every_notification()
    {
        var load = new OutboxLoad(
            LoadId.New(TimeProvider.System), "in", "orders.csv", "lake", "orders", 2, null, null, 10, At, At, "line 7", 7, "Repair it.");
        string[] bodies =
        [
            NotificationBody.Of(new OutboxEvent(1, "failed", At, false, null, load)),
            NotificationBody.Of(new OutboxEvent(4, "schema_changed", At, false, """[{"change":"dropped","column":"a","before":"text","after":null}]""", load)),
            NotificationBody.Of(new OutboxEvent(2, "late", At, false, NotificationBody.Details(new LateDelivery("in", "*.csv", null, null, At, null)), null)),
            NotificationBody.Of(new OutboxEvent(
                3, "lane_stalled", At, false, NotificationBody.Details(new LaneFigures("lake", true, false, false, 1, 1, TimeSpan.Zero, 1, ""), 900), null)),
        ];
        var page = Repository.Page("docs/notifications.md");
        foreach (var body in bodies.Select(b => JsonDocument.Parse(b).RootElement))
        {
            Assert.Equal(["type", "timestamp", "data"], body.EnumerateObject().Select(p => p.Name));
            Assert.All(body.GetProperty("data").EnumerateObject(), p => Assert.Contains($"`{p.Name}`", page, StringComparison.Ordinal));
        }

        Assert.Equal("line 7", JsonDocument.Parse(bodies[0]).RootElement.GetProperty("data").GetProperty("error").GetString());
        Assert.Equal("dropped", JsonDocument.Parse(bodies[1]).RootElement.GetProperty("data").GetProperty("schema_changed")[0].GetProperty("change").GetString());
        Assert.All(NotificationEvents.All, e => Assert.Contains($"`{e}`", page, StringComparison.Ordinal));
    }
}
