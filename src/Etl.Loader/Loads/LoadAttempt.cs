using System.Diagnostics;
using Etl.Loader.Inboxes;
using Etl.Loader.Ledger;
using Etl.Loader.Survey;
using Etl.Loader.Targets;
using Etl.Loader.Targets.Staging;

namespace Etl.Loader.Loads;

/// <summary>
/// The path of one load, and the only place where its order stands: survey → stage → publish with receipt. It writes to the target only;
/// <see cref="OutcomeReporter"/> reports how it ended.
/// </summary>
internal sealed class LoadAttempt(IInboxes inboxes, IDatasetSurveyor surveyor, ILoadLedger ledger, LoadOptions options, TimeProvider time)
{
    public async Task<PublishOutcome> RunAsync(LoadRecord load, AttemptKey attempt, LaneHold lane, AttemptProgress progress)
    {
        var startedAt = time.GetUtcNow();
        var files = inboxes.Resolve(load.Spec);
        var table = lane.TableOf(load.Spec);
        var existing = await lane.Target.FindTableAsync(table, progress.Token);
        var request = Request(load.Spec, files, existing) with { Token = progress.Token };
        if (OnePass(load, lane, request, existing) is { } known)
        {
            try
            {
                return await StageAndPublishAsync(load, lane, table, existing, known, startedAt, progress);
            }
            catch (SurveyNeededException)
            {
                // Nothing of this reading was published; what it came upon is settled by a look at the whole.
                progress.Note("the table's types do not hold all values: the dataset is surveyed");
            }
        }

        var survey = await SurveyAsync(load, attempt, request, progress);
        ExpectationCheck.Verify(load.Spec, survey);
        ShrinkCheck.Verify(load.Id, load.Spec, existing, survey.Rows);
        var columns = ColumnPlan.Make(load.Spec, survey, existing, lane.Target, Misfits(survey, files, progress.Token));
        var reader = surveyor.CreateReader(survey, files, ColumnPlan.TypesOf(survey, columns));
        return await StageAndPublishAsync(load, lane, table, existing, new(survey, columns, reader), startedAt, progress);
    }

    private async Task<PublishOutcome> StageAndPublishAsync(
        LoadRecord load, LaneHold lane, TableName table, ExistingTable? existing, Reading reading, DateTimeOffset startedAt, AttemptProgress progress)
    {
        SchemaDiff.Verify(load.Spec, existing, reading.Columns);
        var changes = new ColumnChanges(existing, reading.Columns, Misfits(reading.Survey, reading.Reader.Files, progress.Token));
        progress.Enter(LoadStage.Staging);
        reading.Reader.Token = progress.Token;
        await using var staged = await lane.Target.StageAsync(
            new StageRequest
            {
                Load = load.Id,
                Epoch = lane.Epoch,
                Table = table,
                Mode = load.Spec.Mode,
                Columns = reading.Columns,
                Survey = reading.Survey,
                Reader = reading.Reader,
                RejectsMax = load.Spec.RejectsMax,
                Changes = changes,
                WindUp = lane.Desk.WindingUp,
                Waits = progress.Wait,
            },
            progress,
            progress.Token);
        progress.Enter(LoadStage.Staged, Counted("staged", staged.RowsLoaded, staged.RowsRejected));

        // After the last byte: what was read is what was accepted and what the producer promised, or nothing is published.
        var survey = reading.Reader.Finish(reading.Survey);
        inboxes.VerifyUnchanged(load.Spec);
        ExpectationCheck.Verify(load.Spec, survey);
        StagedRows.RequireEvery(survey, staged.RowsLoaded, staged.RowsRejected);
        ShrinkCheck.Verify(load.Id, load.Spec, existing, staged.RowsLoaded);

        progress.Enter(LoadStage.Publishing);
        return await staged.PublishAsync(
            new PublishRequest
            {
                Waits = progress.Wait,
                Receipt = new LoadReceipt
                {
                    LoadId = load.Id,
                    Inbox = load.Spec.Inbox,
                    Dataset = load.Spec.Dataset,
                    TableName = table.ToString(),
                    Mode = load.Spec.Mode == LoadMode.Append ? "append" : "replace",
                    RowsLoaded = staged.RowsLoaded,
                    RowsRejected = staged.RowsRejected,
                    Bytes = survey.Bytes,
                    Sha256 = survey.Sha256,
                    Sequence = load.Sequence,
                    AcceptedAt = load.AcceptedAt,
                    StartedAt = startedAt,
                    PublishedAt = startedAt,
                    Details = ReceiptDetails.Describe(
                        survey with { Notes = [.. survey.Notes, .. TableNote.Of(load.Spec)] },
                        reading.Columns,
                        ReceiptDetails.TableRows(load.Spec, existing, staged.RowsLoaded),
                        KnownColumns.Before(existing, reading.Columns, load.Spec.Mode),
                        SchemaDiff.Of(existing, reading.Columns, load.Spec.Mode)),
                },
                Adopt = load.Spec.Adopt,
                TableNamed = load.Spec.TableNamed,
                Again = load.Spec.Again,
                Changes = changes,
            },
            progress.Token);
    }

    /// <summary>
    /// How a dataset is read once, where the types of all its columns are known: the producer says them, or the table has them and the dataset is
    /// not so large that a surprise near its end would cost hours. Null: it must be surveyed first.
    /// </summary>
    private Reading? OnePass(LoadRecord load, LaneHold lane, SurveyRequest request, ExistingTable? existing)
    {
        var spec = load.Spec;
        var byTable = existing is not null && lane.Target.StagesUnsurveyed(declared: false) && spec.Files.Sum(f => f.Bytes) < options.SurveyFirstFrom;
        var byProducer = (spec.TypesAsText || spec.Schema.Count > 0) && lane.Target.StagesUnsurveyed(declared: true);
        if (load.Survey is not null || !(byTable || byProducer) || surveyor.Sketch(request) is not { } sketch)
        {
            return null;
        }

        var declared = byProducer && (spec.TypesAsText || ColumnPlan.DeclaresAll(spec, sketch, existing));
        if (!declared && !(byTable && ColumnPlan.HasAllTypes(spec, sketch, existing)))
        {
            return null;
        }

        var columns = ColumnPlan.Make(spec, sketch, existing, lane.Target);
        return new(sketch, columns, surveyor.CreateOnePassReader(request, sketch, ColumnPlan.TypesOf(sketch, columns), declared));
    }

    private static SurveyRequest Request(LoadSpec spec, IReadOnlyList<SourceFile> files, ExistingTable? existing) => new()
    {
        Files = files,
        Format = spec.Format,
        Dialect = spec.Dialect,
        Ragged = spec.Ragged,
        TypesAsText = spec.TypesAsText,
        RejectsMax = spec.RejectsMax,
        Known = ReceiptDetails.KnownDialect(spec, existing),
    };

    private async Task<DatasetSurvey> SurveyAsync(LoadRecord load, AttemptKey attempt, SurveyRequest request, AttemptProgress progress)
    {
        if (ReceiptDetails.Recall(load.Survey, load.Spec) is { } kept)
        {
            progress.Note("uses the survey of an earlier attempt");
            return kept;
        }

        progress.Enter(LoadStage.Surveying);
        var survey = await surveyor.SurveyAsync(request, progress, progress.Token);
        progress.Note($"surveyed: {Amounts.Counted(survey.Rows, "row")}, {Amounts.Counted(survey.Columns.Count, "column")}, {Amounts.Counted(survey.Bytes, "byte")}");
        if (survey.TextBytes >= options.KeepSurveyFrom)
        {
            await KeepAsync(attempt, survey, progress.Token);
        }

        return survey;
    }

    private async Task KeepAsync(AttemptKey attempt, DatasetSurvey survey, CancellationToken token)
    {
        try
        {
            await ledger.SaveSurveyAsync(attempt, ReceiptDetails.Keep(survey), token);
        }
        catch (Exception exception) when (FaultTriage.IsQueueOutage(exception))
        {
            // Only a later resume would have used it.
            Activity.Current?.AddEvent(new ActivityEvent("survey not stored"));
        }
    }

    private static string Counted(string what, long loaded, long rejected) =>
        $"{what}: {Amounts.Counted(loaded, "row")}{(rejected > 0 ? $", {Amounts.Count(rejected)} rejected" : "")}";

    private Func<int, ColumnType, TypeExclusion?> Misfits(DatasetSurvey survey, IReadOnlyList<SourceFile> files, CancellationToken token)
    {
        var first = new FirstMisfit(surveyor, survey, files);
        return (column, type) => first.Find(column, type, token);
    }

    /// <param name="Survey">Of the dataset, or a sketch of it.</param>
    private sealed record Reading(DatasetSurvey Survey, IReadOnlyList<TargetColumn> Columns, DatasetReader Reader);
}
