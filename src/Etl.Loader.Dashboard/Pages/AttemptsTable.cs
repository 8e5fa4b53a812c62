using System.Globalization;
using Etl.Loader.Ledger;

namespace Etl.Loader.Dashboard.Pages;

/// <summary>The attempts of a load, the newest first, with their errors and what they reported.</summary>
internal static class AttemptsTable
{
    private static readonly Markup Opened = Markup.Of($" open");

    public static Markup Of(IReadOnlyList<AttemptRecord> attempts) => attempts.Count == 0
        ? Markup.Empty
        : Markup.Of($"""
            <h2 class="etl-heading">Attempts</h2><div class="etl-scroll" tabindex="0" role="region" aria-label="Attempts"><table class="table"><thead><tr><th>#</th><th>Started</th><th>Took</th><th>Outcome</th><th>Where</th><th>Error and log</th></tr></thead><tbody>
            {attempts.Reverse().Select((attempt, place) => Row(attempt, open: place == 0))}
            </tbody></table></div>
            """);

    private static Markup Row(AttemptRecord attempt, bool open) => Markup.Of($"""
        <tr><td>{attempt.Attempt}</td><td>{Format.Moment(attempt.StartedAt)}</td><td>{Format.Duration(Format.Took(attempt.StartedAt, attempt.FinishedAt))}</td>
        <td>{(attempt.Outcome is { } outcome ? outcome.Word() : "running")}</td><td>{attempt.Host}:{attempt.ProcessId}, epoch {attempt.Epoch}</td>
        <td class="etl-error">{attempt.Error}{Log(attempt, open)}</td></tr>
        """);

    private static Markup Log(AttemptRecord attempt, bool open) => attempt.Log.Count == 0
        ? Markup.Empty
        : Markup.Of($"<details class=\"etl-log\"{(open ? Opened : Markup.Empty)}><summary>{Amounts.Counted(attempt.Log.Count, "line")}</summary><ol>{attempt.Log.Select(Line)}</ol></details>");

    private static Markup Line(LogLine line) => Markup.Of(
        $"<li class=\"etl-log-{line.Level.Word()}\"><code>{line.At.UtcDateTime.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture)}</code> {line.Text}</li>");
}
