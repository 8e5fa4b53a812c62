using System.Diagnostics.Metrics;

namespace Etl.Loader.Telemetry;

/// <summary>
/// What this process counts and measures as it works; docs/monitoring.md lists it all. How the queue stands is asked of the ledger instead (see
/// <see cref="FigureGauges"/>). While nobody listens a call costs a look at a field.
/// </summary>
internal static class LoaderMeter
{
    /// <summary>Of the meter and of the activity source.</summary>
    public const string Name = "Etl.Loader";

    private static readonly Meter Meter = new(Name);

    private static readonly Counter<long> Accepted = Meter.CreateCounter<long>(
        "etl_loader.loads.accepted", "{load}", "Loads accepted, and triggers refused.");

    private static readonly Counter<long> Attempts = Meter.CreateCounter<long>(
        "etl_loader.attempts", "{attempt}", "Attempts that ended here, by outcome; those that died with their process are in the ledger only.");

    private static readonly Histogram<double> AttemptDuration = Meter.CreateHistogram(
        "etl_loader.attempt.duration", "s", "How long an attempt took, waits for outages included.", advice: Seconds);

    private static readonly Histogram<double> LoadDuration = Meter.CreateHistogram(
        "etl_loader.load.duration", "s", "From acceptance to outcome, the wait in the queue included.", advice: Seconds);

    private static readonly Histogram<double> StageDuration = Meter.CreateHistogram(
        "etl_loader.stage.duration", "s", "How long a stage of an attempt took.", advice: Seconds);

    private static readonly Counter<long> Rows = Meter.CreateCounter<long>("etl_loader.rows", "{row}", "Rows of published loads, loaded and rejected.");

    private static readonly Counter<long> Data = Meter.CreateCounter<long>("etl_loader.data", "By", "Bytes of the files of published loads, as delivered.");

    private static readonly Counter<long> Notifications = Meter.CreateCounter<long>(
        "etl_loader.notifications", "{request}", "Requests to webhooks, by result.");

    private static readonly Counter<long> RefusedJobs = Meter.CreateCounter<long>(
        "etl_loader.jobs.refused", "{job}", "Rows in Hangfire's tables that are not the job of a load; none was run.");

    /// <summary>From a small file's tenth of a second to a night.</summary>
    private static InstrumentAdvice<double> Seconds => new()
    {
        HistogramBucketBoundaries = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 14400],
    };

    public static void LoadAccepted(string inbox, string target, bool refused) =>
        Accepted.Add(1, new("inbox", inbox), new("target", target), new("result", refused ? "refused" : "accepted"));

    /// <param name="took">Of the attempt.</param>
    /// <param name="sinceAcceptance">Null: the load has no outcome by it.</param>
    public static void AttemptEnded(string target, string outcome, TimeSpan took, TimeSpan? sinceAcceptance)
    {
        Attempts.Add(1, new("target", target), new("outcome", outcome));
        AttemptDuration.Record(took.TotalSeconds, new("target", target), new("outcome", outcome));
        if (sinceAcceptance is { } whole)
        {
            LoadDuration.Record(whole.TotalSeconds, new("target", target), new("outcome", outcome));
        }
    }

    public static void LoadPublished(string target, long loaded, long rejected, long bytes)
    {
        Rows.Add(loaded, new("target", target), new("result", "loaded"));
        Rows.Add(rejected, new("target", target), new("result", "rejected"));
        Data.Add(bytes, new KeyValuePair<string, object?>("target", target));
    }

    public static void StageEnded(string target, string stage, TimeSpan took) =>
        StageDuration.Record(took.TotalSeconds, new("target", target), new("stage", stage));

    public static void JobRefused() => RefusedJobs.Add(1);

    /// <param name="result">delivered, failed (tried again) or given_up.</param>
    public static void Notified(string webhook, string result) => Notifications.Add(1, new("webhook", webhook), new("result", result));
}
