using System.Diagnostics;
using Etl.Loader.Inboxes;
using Etl.Loader.Ledger;
using Etl.Loader.Survey;
using Etl.Loader.Targets;

namespace Etl.Loader.Loads;

/// <summary>
/// The way of one load, and the only place where its order stands: survey → stage → publish with receipt. It writes to the target and
/// tells nobody; what came of it is told by <see cref="LoadTelling"/>.
/// </summary>
internal sealed class LoadAttempt(IInboxes inboxes, IDatasetSurveyor surveyor, ILoadLedger ledger, LoadOptions options, TimeProvider time)
{
    public async Task<PublishOutcome> RunAsync(LoadRecord load, AttemptKey attempt, LaneHold lane, AttemptProgress progress)
    {
        var startedAt = time.GetUtcNow();
        var files = inboxes.Resolve(load.Spec);
        var table = new TableName(load.Spec.TableSchema ?? lane.Target.DefaultSchema, load.Spec.TableName);
        var existing = await lane.Target.FindTableAsync(table, progress.Token);
        var survey = await SurveyAsync(load, attempt, files, existing, progress);
        ExpectationCheck.Verify(load.Spec, survey);
        ShrinkCheck.Verify(load.Id, load.Spec, existing, survey.Rows);
        var misfit = new FirstMisfit(surveyor, survey, files);
        TypeExclusion? First(int column, ColumnType type) => misfit.Find(column, type, progress.Token);
        var columns = ColumnPlan.Make(load.Spec, survey, existing, First);
        var changes = new ColumnChanges(existing, columns, First);

        progress.Enter(LoadStage.Staging);
        await using var staged = await lane.Target.StageAsync(
            new StageRequest
            {
                Load = load.Id,
                Epoch = lane.Epoch,
                Table = table,
                Mode = load.Spec.Mode,
                Columns = columns,
                Survey = survey,
                Reader = surveyor.CreateReader(survey, files, [.. columns.Select(c => c.Type)]),
                RejectsMax = load.Spec.RejectsMax,
                Changes = changes,
            },
            progress,
            progress.Token);
        progress.Enter(LoadStage.Staged);

        // After the last byte: what was read is what was accepted, or nothing is published.
        inboxes.VerifyUnchanged(load.Spec);
        RequireEveryRow(load.Spec, survey, staged);
        ShrinkCheck.Verify(load.Id, load.Spec, existing, staged.RowsLoaded);

        progress.Enter(LoadStage.Publishing);
        return await staged.PublishAsync(
            new PublishRequest
            {
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
                    Details = ReceiptDetails.Describe(survey, columns, ReceiptDetails.TableRows(load.Spec, existing, staged.RowsLoaded)),
                },
                Adopt = load.Spec.Adopt,
                TableNamed = load.Spec.TableNamed,
                Again = load.Spec.Again,
                Changes = changes,
            },
            progress.Token);
    }

    private async Task<DatasetSurvey> SurveyAsync(
        LoadRecord load, AttemptKey attempt, IReadOnlyList<SourceFile> files, ExistingTable? existing, AttemptProgress progress)
    {
        if (ReceiptDetails.Recall(load.Survey, load.Spec) is { } kept)
        {
            return kept;
        }

        progress.Enter(LoadStage.Surveying);
        var survey = await surveyor.SurveyAsync(
            new SurveyRequest
            {
                Files = files,
                Format = load.Spec.Format,
                Dialect = load.Spec.Dialect,
                Ragged = load.Spec.Ragged,
                TypesAsText = load.Spec.TypesAsText,
                RejectsMax = load.Spec.RejectsMax,
                Known = ReceiptDetails.KnownDialect(load.Spec, existing),
            },
            progress,
            progress.Token);
        if (survey.Bytes >= options.KeepSurveyFrom)
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
            Activity.Current?.AddEvent(new ActivityEvent("survey not kept"));
        }
    }

    private static void RequireEveryRow(LoadSpec spec, DatasetSurvey survey, IStagedLoad staged)
    {
        if (staged.RowsLoaded + staged.RowsRejected != survey.Rows)
        {
            throw new DatasetException(
                $"{spec.Dataset}: {survey.Rows} rows were surveyed, but {staged.RowsLoaded} were staged and {staged.RowsRejected} rejected.",
                "The dataset seems to have changed while it was read; deliver it again under a temporary name and rename it.");
        }
    }
}
