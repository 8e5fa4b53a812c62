using Etl.Loader.Ledger;

namespace Etl.Loader.Dashboard.Pages;

/// <param name="Running">Its progress while it runs.</param>
/// <param name="Lane">Its lane while it has no outcome.</param>
/// <param name="Place">What is before it while it waits.</param>
internal sealed record LoadModel(LoadDetails Details, RunningLoad? Running, LaneOutlook? Lane, PlaceInLine? Place);

/// <summary>One load: how it stands, why, its stages and attempts, its columns and receipt, and what can be done.</summary>
internal sealed class LoadDetailsPage(LoadModel model) : LoaderPage("Load")
{
    private LoadRecord Load => model.Details.Load;

    public override TimeSpan Refresh => Load.Status switch
    {
        LoadStatus.Loading => TimeSpan.FromMilliseconds(700),
        LoadStatus.Queued or LoadStatus.Retrying => TimeSpan.FromSeconds(2),
        _ => TimeSpan.FromSeconds(10),
    };

    /// <summary>As a line of a list.</summary>
    public static LoadSummary Summary(LoadRecord load) => new(
        load.Id, load.Spec.Inbox, load.Spec.Dataset, load.Spec.Target, Table(load.Spec), load.Status, load.Stage, load.Attempt, load.RowsLoaded, load.RowsRejected,
        load.BytesDone, load.BytesTotal, load.AcceptedAt, load.StartedAt, load.FinishedAt, load.NextAttemptAt, load.WaitsFor, load.Error, load.JobId);

    protected override Markup Body() => Markup.Of($"""
        <h1 class="page-header">{Load.Spec.Dataset} <small>→ {Load.Spec.Target} {Table(Load.Spec)}</small></h1>
        {Live("now", Now())}
        {Live("stages", Stages())}
        {Live("facts", Facts())}
        {Live("attempts", AttemptsTable.Of(model.Details.Attempts))}
        {Live("receipt", Markup.Of($"{ReceiptParts.Columns(Load.Receipt, Load.Spec)}{ReceiptParts.Receipt(Load.Receipt)}"))}
        """);

    private static string Table(LoadSpec spec) => spec.TableSchema is { } schema ? $"{schema}.{spec.TableName}" : spec.TableName;

    private Markup Now() => Markup.Of($"""
        <p>{Format.Status(Load.Status)} <span class="text-muted">{Load.Stage.Word()}</span></p>
        {Progress()}{Wait()}{Fault()}
        <p>{Buttons()}</p>
        """);

    private Markup Buttons() => Load.Status switch
    {
        LoadStatus.Failed or LoadStatus.Cancelled => Action("/loads/actions/requeue", Load.Id.ToString(), "Requeue", "primary", "Run this load again, with its files as they are now?"),
        LoadStatus.Loaded or LoadStatus.Superseded => Action("/loads/actions/reload", Load.Id.ToString(), "Reload", "default", "Load the same dataset again, as a new load?"),
        _ => Action("/loads/actions/cancel", Load.Id.ToString(), "Cancel load", "danger", "Stop this load? What it has staged is dropped; the table stays as it is."),
    };

    private Markup Progress() => model.Running is not { } running
        ? Markup.Empty
        : Markup.Of($"<p class=\"etl-now\">{Format.Progress(running)} {Left(running)}</p>");

    private string Left(RunningLoad running) => (model.Lane?.Running?.LoadId == running.LoadId ? model.Lane.RunningLeft : running.StageLeft) is { } left ? $"{Amounts.Span(left)} left" : "";

    private Markup Wait()
    {
        var reasons = WaitReasons.Of(model).ToList();
        return reasons.Count == 0
            ? Markup.Empty
            : Markup.Of($"<div class=\"alert alert-warning etl-waits\"><strong>Why does it wait?</strong><ul>{reasons.Select(r => Markup.Of($"<li>{r}</li>"))}</ul></div>");
    }

    private Markup Fault() => Load.Error is null
        ? Markup.Empty
        : Markup.Of($"<div class=\"alert alert-{(Load.Status == LoadStatus.Failed ? "danger" : "warning")}\"><strong>{Load.Error}</strong>{(Load.Hint is null ? Markup.Empty : Markup.Of($"<br>{Load.Hint}"))}</div>");

    private Markup Stages() => Markup.Of($"<ol class=\"etl-stages\" aria-label=\"Stages\">{StageTimes.Of(model.Details).Select(Stage)}</ol>");

    private Markup Stage(StageTime stage) => Markup.Of($"""
        <li class="{Look(stage)}"><strong>{stage.Stage.Word()}</strong>
        <span>{(stage.At is null ? Markup.Of($"—") : Format.Moment(stage.At))}</span> <small class="text-muted">{Format.Duration(stage.Took)}{Ended(stage)}</small></li>
        """);

    /// <summary>Green is only what was done: the stage in which a load ended without being loaded says how it ended.</summary>
    private string Look(StageTime stage) => stage switch
    {
        { Present: true } when IsEnd(stage) => $"etl-stage-{Load.Status.Word()}",
        { Present: true } when !Load.Status.HasOutcome() => "etl-stage-now",
        { At: null } => "etl-stage-open",
        _ => "etl-stage-done",
    };

    private Markup Ended(StageTime stage) => IsEnd(stage) ? Markup.Of($" <strong>{Load.Status.Word()}</strong>") : Markup.Empty;

    private bool IsEnd(StageTime stage) => stage.Present && Load.Status.HasOutcome() && Load.Status != LoadStatus.Loaded;

    private Markup Facts() => Markup.Of($"""
        <div class="etl-scroll" tabindex="0" role="region" aria-label="Facts"><table class="table etl-facts"><tbody>
        {Fact("Load", Markup.Of($"<code>{Load.Id.Short}</code> <small class=\"text-muted\">{Load.Id}</small>"))}
        {Fact("Inbox", Markup.Of($"{Load.Spec.Inbox}"))}
        {Fact("Files", Files())}
        {Fact("Mode", Markup.Of($"{Load.Spec.Mode.Word()}"))}
        {Fact("Next attempt", Format.Moment(Load.NextAttemptAt))}
        {Fact("Finished", Format.Moment(Load.FinishedAt))}
        {Fact("Rows", Markup.Of($"{Format.Count(Load.RowsLoaded)}"))}
        {Fact("Rejected", Rejected())}
        {Fact("Hangfire job", Job(Load.JobId))}
        </tbody></table></div>
        """);

    private Markup Rejected() => Load is { RowsRejected: > 0, Status: LoadStatus.Loaded }
        ? Markup.Of($"{Format.Count(Load.RowsRejected)} <a class=\"btn btn-xs btn-default\" href=\"{PathTo(Load.Id)}/rejects\" download>Download</a> <small class=\"text-muted\">to repair and deliver them: <code>etl-loader rejects {Load.Id.Short} --out FILE</code></small>")
        : Markup.Of($"{Format.Count(Load.RowsRejected)}");

    private Markup Files() => Markup.Join(Load.Spec.Files.Select(f => Markup.Of($"<div>{f.Path} <span class=\"text-muted\">{Format.Bytes(f.Bytes)}</span></div>")));

    private static Markup Fact(string name, Markup value) =>
        value.ToString().Length == 0 ? Markup.Empty : Markup.Of($"<tr><th scope=\"row\">{name}</th><td>{value}</td></tr>");
}
