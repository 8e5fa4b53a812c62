using System.Diagnostics;

namespace Etl.Loader.Telemetry;

/// <summary>
/// The spans of a load, one trace from its trigger to its receipt over all processes: <c>accept</c>, then for each attempt <c>attempt</c> with <c>survey</c>,
/// <c>stage</c> and <c>publish</c>. The trace's context travels with the load, as the W3C <c>traceparent</c> of <c>accept</c>.
/// </summary>
internal static class LoaderTraces
{
    public const string AcceptName = "accept";
    public const string AttemptName = "attempt";
    private const string LoadTag = "etl_loader.load.id";
    private const string TargetTag = "etl_loader.target";

    private static readonly ActivitySource Source = new(LoaderMeter.Name);

    /// <summary>False: no one listens, and no span is made.</summary>
    public static bool On => Source.HasListeners();

    /// <summary>Begins a load's trace, whatever is under way here. Null while no one listens.</summary>
    public static Activity? Accept(string load, string inbox, string dataset, string target)
    {
        var around = Activity.Current;
        Activity.Current = null;
        var span = Source.StartActivity(AcceptName, ActivityKind.Producer);
        Activity.Current = around;
        return Describe(span, load, target)?.SetTag("etl_loader.inbox", inbox).SetTag("etl_loader.dataset", dataset);
    }

    /// <param name="traceParent">As <c>accept</c> left it; null: this attempt begins a trace of its own.</param>
    public static Activity? Attempt(string? traceParent, string load, string dataset, string target)
    {
        var known = ActivityContext.TryParse(traceParent, null, isRemote: true, out var parent);
        return Describe(Source.StartActivity(AttemptName, ActivityKind.Consumer, known ? parent : default), load, target)?.SetTag("etl_loader.dataset", dataset);
    }

    /// <param name="name">survey, stage or publish.</param>
    public static Activity? Stage(string name, Activity? attempt) => attempt is null
        ? null
        : Source.StartActivity(name, ActivityKind.Internal, attempt.Context)?.SetTag(LoadTag, attempt.GetTagItem(LoadTag)).SetTag(TargetTag, attempt.GetTagItem(TargetTag));

    private static Activity? Describe(Activity? span, string load, string target) =>
        span?.SetTag(LoadTag, load).SetTag(TargetTag, target);
}
