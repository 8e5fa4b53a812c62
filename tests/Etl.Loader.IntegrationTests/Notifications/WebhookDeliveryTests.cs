using System.Globalization;
using System.Text.Json;
using Etl.Loader.Inboxes.Due;
using Etl.Loader.IntegrationTests.Queue;
using Etl.Loader.IntegrationTests.Support;
using Etl.Loader.Ledger;
using Etl.Loader.Notifications;

namespace Etl.Loader.IntegrationTests.Notifications;

public class WebhookDeliveryTests(PostgresServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_receiver_that_was_down_gets_the_same_notification_again_and_can_verify_it()
    {
        await using var stage = await NotifierStage.OpenAsync(server);
        await using var receiver = new Receiver();
        var answers = new Queue<int>([500, 302, 204]);
        receiver.Answer = _ => Task.FromResult(answers.Dequeue());
        var load = await stage.CancelledLoadAsync();
        await stage.StartAsync(new() { ["ops"] = NotifierStage.To(receiver) });
        await UntilErrorAsync(stage, "connection failed");

        receiver.Start();
        await HurryUntilReportedAsync(stage);

        Assert.Equal(3, receiver.Requests.Count);
        Assert.Single(receiver.Requests.Select(r => r.Id).Distinct());
        Assert.Single(receiver.Requests.Select(r => r.Body).Distinct());
        Assert.All(receiver.Requests, r => Assert.Equal("/hook", r.Path));
        Assert.All(receiver.Requests, r => Assert.Equal(
            WebhookSignature.Of(NotifierStage.Secret, r.Id, long.Parse(r.At, CultureInfo.InvariantCulture), r.Body), r.Signature));
        var reported = receiver.Requests.First();
        Assert.StartsWith($"{load}-cancelled-", reported.Id, StringComparison.Ordinal);
        var body = JsonDocument.Parse(reported.Body).RootElement;
        Assert.Equal("cancelled", body.GetProperty("type").GetString());
        Assert.Equal(load.ToString(), body.GetProperty("data").GetProperty("load_id").GetString());
        Assert.DoesNotContain(stage.Queue.Logs, l => l.Contains(NotifierStage.Secret, StringComparison.Ordinal) || l.Contains("/hook", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Several_senders_report_each_notification_once_and_never_at_the_same_time()
    {
        await using var stage = await NotifierStage.OpenAsync(server);
        await using var receiver = new Receiver();
        receiver.Start();
        for (var i = 0; i < 30; i++)
        {
            await stage.CancelledLoadAsync();
        }

        var webhooks = new Dictionary<string, WebhookOptions> { ["ops"] = NotifierStage.To(receiver) };
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => stage.StartAsync(webhooks)));
        await stage.UntilReportedAsync();

        Assert.Equal(30, receiver.Requests.Count);
        Assert.Equal(30, receiver.Requests.Select(r => r.Id).Distinct().Count());
        Assert.False(receiver.Doubled);
    }

    [Fact]
    public async Task A_sender_that_dies_leaves_its_claim_to_another_after_a_while()
    {
        await using var stage = await NotifierStage.OpenAsync(server);
        await using var receiver = new Receiver();
        var outbox = new OutboxLedger(stage.Queue.Get<QueueDatabase>());
        await stage.CancelledLoadAsync();
        await outbox.SpreadAsync(e => new Spread(NotificationBody.Of(e), ["ops"]), TimeSpan.Zero, TimeSpan.FromDays(1), Token);

        var dead = await outbox.ClaimAsync("ops", TimeSpan.FromMinutes(1), Token);
        Assert.NotNull(dead);
        Assert.Null(await outbox.ClaimAsync("ops", TimeSpan.FromMinutes(1), Token));
        await stage.Queue.ExecuteAsync("UPDATE etl_loader.deliveries SET claimed_until = now() - interval '1 second'");
        var heir = await outbox.ClaimAsync("ops", TimeSpan.FromMinutes(1), Token);

        Assert.Equal(dead with { Attempt = 2 }, heir);
        Assert.False(await outbox.DeliveredAsync(dead, "ops", Token));
        Assert.True(await outbox.DeliveredAsync(heir!, "ops", Token));
    }

    [Fact]
    public async Task A_receiver_that_does_not_answer_keeps_no_other_waiting()
    {
        await using var stage = await NotifierStage.OpenAsync(server);
        await using var silent = new Receiver();
        await using var quick = new Receiver();
        using var ended = new CancellationTokenSource();
        silent.Answer = async _ =>
        {
            await Task.Delay(Timeout.Infinite, ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return 204;
        };
        silent.Start();
        quick.Start();
        for (var i = 0; i < 5; i++)
        {
            await stage.CancelledLoadAsync();
        }

        await stage.StartAsync(new() { ["silent"] = NotifierStage.To(silent), ["quick"] = NotifierStage.To(quick), ["failures"] = NotifierStage.To(quick, "failed") });
        await QueueStage.UntilAsync(
            () => Task.FromResult(quick.Requests.Count == 5 && !silent.Requests.IsEmpty),
            () => $"the quick one got {quick.Requests.Count} of 5, the silent one {silent.Requests.Count}");

        Assert.Single(silent.Requests);
        Assert.Equal(10, await stage.Queue.ScalarAsync<long>("SELECT count(*) FROM etl_loader.deliveries"));
        await ended.CancelAsync();
    }

    [Fact]
    public async Task What_is_late_and_what_has_stalled_is_reported_once_by_however_many_processes()
    {
        await using var stage = await NotifierStage.OpenAsync(server);
        await using var receiver = new Receiver();
        receiver.Start();
        await stage.Queue.AcceptAsync();
        var late = new LateDelivery("in", "orders-*.csv", null, null, DateTimeOffset.UnixEpoch, null);
        var webhooks = new Dictionary<string, WebhookOptions> { ["ops"] = NotifierStage.To(receiver) };
        for (var i = 0; i < 2; i++)
        {
            await stage.StartAsync(webhooks, o => o.StalledAfter = TimeSpan.FromSeconds(1), new FixedLate(late));
        }

        await QueueStage.UntilAsync(() => Task.FromResult(receiver.Requests.Count >= 2), () => $"{receiver.Requests.Count} of 2 were told", seconds: 60);
        await stage.UntilReportedAsync();

        Assert.Equal(["lane_stalled", "late"], receiver.Requests.Select(r => JsonDocument.Parse(r.Body).RootElement.GetProperty("type").GetString()).Order());
        var stalled = receiver.Requests.Single(r => r.Id.StartsWith("lane_stalled-", StringComparison.Ordinal));
        Assert.False(JsonDocument.Parse(stalled.Body).RootElement.GetProperty("data").GetProperty("held").GetBoolean());
    }

    [Fact]
    public async Task What_is_reported_goes_after_its_time_and_what_no_one_takes_is_given_up()
    {
        await using var stage = await NotifierStage.OpenAsync(server);
        await using var receiver = new Receiver();
        receiver.Start();
        await stage.CancelledLoadAsync();
        using (var first = stage.Make(new() { ["ops"] = NotifierStage.To(receiver) }))
        {
            await first.StartAsync(Token);
            await stage.UntilReportedAsync();
            await first.StopAsync(Token);
        }

        await stage.CancelledLoadAsync();
        var outbox = new OutboxLedger(stage.Queue.Get<QueueDatabase>());
        await outbox.SpreadAsync(e => new Spread("{}", ["gone"]), TimeSpan.Zero, TimeSpan.FromDays(1), Token);
        await outbox.CloseAsync(Token);
        await stage.Queue.ExecuteAsync("UPDATE etl_loader.outbox SET sent_at = sent_at - interval '15 days'");
        await stage.Queue.ExecuteAsync("UPDATE etl_loader.outbox SET at = now() - interval '4 days' WHERE sent_at IS NULL");
        await stage.Queue.ExecuteAsync("UPDATE etl_loader.deliveries SET next_try_at = now() - interval '2 hours' WHERE next_try_at IS NOT NULL");
        await outbox.TidyAsync(TimeSpan.FromDays(3), TimeSpan.FromDays(14), Token);

        Assert.Equal(1, await stage.Queue.ScalarAsync<long>("SELECT count(*) FROM etl_loader.outbox"));
        Assert.Equal(1, await stage.Queue.ScalarAsync<long>("SELECT count(*) FROM etl_loader.deliveries WHERE given_up_at IS NOT NULL AND webhook = 'gone'"));
    }

    private static Task UntilErrorAsync(NotifierStage stage, string error) => QueueStage.UntilAsync(
        async () => await stage.Queue.ScalarAsync<long>("SELECT count(*) FROM etl_loader.deliveries WHERE last_error LIKE '%' || $1 || '%'", error) > 0,
        () => $"no delivery failed with '{error}'");

    /// <summary>Pauses are for people; what is tested is what comes after them.</summary>
    private static Task HurryUntilReportedAsync(NotifierStage stage) => QueueStage.UntilAsync(
        async () =>
        {
            await stage.Queue.ExecuteAsync("UPDATE etl_loader.deliveries SET next_try_at = now() WHERE next_try_at > now()");
            return await stage.Queue.ScalarAsync<long>("SELECT count(*) FROM etl_loader.deliveries WHERE sent_at IS NOT NULL") > 0;
        },
        () => "it was never told",
        seconds: 60);

    private sealed class FixedLate(LateDelivery late) : ILateDeliveries
    {
        public Task<IReadOnlyList<LateDelivery>> ListAsync(CancellationToken token) => Task.FromResult<IReadOnlyList<LateDelivery>>([late]);
    }
}
