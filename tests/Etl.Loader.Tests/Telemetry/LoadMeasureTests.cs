using System.Diagnostics;
using Etl.Loader.Ledger;
using Etl.Loader.Loads;
using Etl.Loader.Queue.Jobs;
using Etl.Loader.Telemetry;
using Etl.Loader.Tests.Loads;

namespace Etl.Loader.Tests.Telemetry;

/// <summary>What a load leaves in metrics and traces.</summary>
public sealed class LoadMeasureTests : IDisposable
{
    private readonly Listening _heard = new();
    private readonly RunnerStage _stage = new();
    private readonly string _target = $"t{Random.Shared.NextInt64():x}";

    public LoadMeasureTests() => _stage.Ledger.Load = _stage.Ledger.Load! with { Spec = _stage.Ledger.Load.Spec with { Target = _target } };

    public void Dispose() => _heard.Dispose();

    [Fact]
    public async Task A_loaded_load_counts_its_attempt_its_time_its_rows_and_its_bytes()
    {
        await _stage.RunAsync();

        Assert.Equal([1], _heard.Of("etl_loader.attempts", $"outcome=loaded target={_target}"));
        Assert.Single(_heard.Of("etl_loader.attempt.duration", $"outcome=loaded target={_target}"));
        Assert.True(Assert.Single(_heard.Of("etl_loader.load.duration", $"outcome=loaded target={_target}")) > 0);
        Assert.Equal([3], _heard.Of("etl_loader.rows", $"result=loaded target={_target}"));
        Assert.Equal([0], _heard.Of("etl_loader.rows", $"result=rejected target={_target}"));
        Assert.Equal([10], _heard.Of("etl_loader.data", $"target={_target}"));
        foreach (var stage in new[] { "survey", "stage", "publish" })
        {
            Assert.Single(_heard.Of("etl_loader.stage.duration", $"stage={stage} target={_target}"));
        }
    }

    [Fact]
    public async Task An_attempt_that_is_tried_again_is_counted_and_is_not_an_outcome_of_the_load()
    {
        _stage.Target.StageFaults.Enqueue(new InvalidOperationException("odd"));

        await _stage.RunAsync();

        Assert.Equal([1], _heard.Of("etl_loader.attempts", $"outcome=retry target={_target}"));
        Assert.Empty(_heard.Of("etl_loader.load.duration", _target));
        Assert.Empty(_heard.Of("etl_loader.rows", _target));
        Assert.Contains(_heard.Spans(_stage.Load.ToString()), s => s is { OperationName: "stage", Status: ActivityStatusCode.Error });
    }

    [Fact]
    public async Task The_spans_of_an_attempt_join_the_trace_of_the_acceptance()
    {
        var spec = _stage.Ledger.Load!.Spec;
        NewLoad accepted;
        using (var around = new Activity("request").Start())
        using (var measure = new AcceptMeasure([new NewLoad(_stage.Load, spec)]))
        {
            accepted = measure.Loads[0];
            measure.Accepted(new Dictionary<LoadId, LoadStatus> { [_stage.Load] = LoadStatus.Queued });
            Assert.Same(around, Activity.Current);
        }

        Assert.Equal([1], _heard.Of("etl_loader.loads.accepted", $"inbox=in result=accepted target={_target}"));
        _stage.Ledger.Load = _stage.Ledger.Load with { Spec = LedgerJson.ReadSpec(LedgerJson.Write(accepted.Spec)) };
        await _stage.RunAsync();

        var spans = _heard.Spans(_stage.Load.ToString());
        Assert.Equal(["accept", "survey", "stage", "publish", "attempt"], spans.Select(s => s.OperationName));
        Assert.Single(spans.Select(s => s.TraceId).Distinct());
        Assert.Equal(spans[0].SpanId, spans[4].ParentSpanId);
        Assert.All(spans.Skip(1).Take(3), s => Assert.Equal(spans[4].SpanId, s.ParentSpanId));
        Assert.Equal("loaded", spans[4].GetTagItem("etl_loader.outcome"));
    }

    [Fact]
    public void A_load_that_was_known_before_is_not_accepted_again()
    {
        using (var measure = new AcceptMeasure([new NewLoad(_stage.Load, _stage.Ledger.Load!.Spec)]))
        {
            measure.Accepted(new Dictionary<LoadId, LoadStatus>());
        }

        Assert.Empty(_heard.Of("etl_loader.loads.accepted", _target));
        Assert.False(Assert.Single(_heard.Spans(_stage.Load.ToString())).Recorded);
    }

    [Fact]
    public void A_request_to_a_webhook_is_counted()
    {
        LoaderMeter.Notified(_target, "failed");

        Assert.Equal([1], _heard.Of("etl_loader.notifications", $"result=failed webhook={_target}"));
    }
}
