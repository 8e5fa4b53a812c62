using Etl.Loader.Faults;
using Etl.Loader.Files;
using Etl.Loader.Inboxes.Files;
using Etl.Loader.Inboxes.Triggers;
using Etl.Loader.Ledger;
using Etl.Loader.Loads;
using Etl.Loader.Survey;
using Etl.Loader.Targets;

namespace Etl.Loader.App.Checking;

/// <summary>The survey and the column plan of a load, and nothing after them.</summary>
internal sealed class FileCheck(CheckContext context, TimeProvider time)
{
    /// <summary>Damaged records that are counted; a file with more is not one that people repair row by row.</summary>
    private const long MostRejects = 100_000;
    private const int ShownRejects = 20;

    private readonly Surveyor _surveyor = Surveyor.OfAllFormats();

    public async Task<CheckResult> RunAsync(string file, string? target, string? table, CancellationToken token)
    {
        var result = new CheckResult { File = file };
        try
        {
            var (spec, source) = Settle(file, target, table);
            var into = context.Target(spec.Target.Length == 0 ? null : spec.Target);
            var name = new TableName(spec.TableSchema ?? into?.DefaultSchema ?? "public", spec.TableName);
            result = result with { Target = into?.Name, Table = name.ToString() };
            var survey = await SurveyAsync(spec, source, token);
            result = result with
            {
                Format = survey.Format,
                Bytes = survey.Bytes,
                Rows = survey.Rows,
                Sha256 = survey.Sha256,
                Dialect = survey.Files[0].Dialect,
                Notes = survey.Notes,
            };
            result = Rejects(result, survey, source, spec, token);
            var existing = into is null ? null : await ExistingAsync(into, name, token);
            var columns = ColumnPlan.Make(spec, survey, existing, into);
            var rate = into is null ? null : await context.RateAsync(into.Name, token);
            return result with
            {
                Columns = [.. columns.Select(c => Column(c, survey, existing, TableStatement.KindOf(into)))],
                Ddl = existing is null ? TableStatement.Create(TableStatement.KindOf(into), name, columns) : null,
                EstimatedSeconds = rate is > 0 ? Math.Round(survey.Bytes / rate.Value, 1) : null,
            };
        }
        catch (DatasetException fault)
        {
            return result with { Error = fault.Message, Line = fault.Line, Hint = fault.Hint };
        }
    }

    /// <summary>By the rules of the inbox where the file is in one, otherwise by its name alone.</summary>
    private (LoadSpec Spec, SourceFile Source) Settle(string file, string? target, string? table)
    {
        var full = RealPath.Of(file) ?? throw new LoaderException($"There is no file {file}.", "Name a data file.");
        if (context.Inboxes?.Find(file) is var (inbox, dataset))
        {
            var spec = TriggerReader.Settle(inbox, dataset, new Manifest { Files = [Path.GetFileName(dataset)], Target = target, Table = table });
            using var finder = new DatasetFiles(inbox);
            return (spec, finder.Find(dataset));
        }

        if (FileStat.Of(full) is not { Kind: FileKind.Regular } found)
        {
            throw new LoaderException($"{file} is not a regular file.", "Name a data file.");
        }

        var parts = table?.Split('.');
        var name = Path.GetFileName(file);
        return (
            new LoadSpec
            {
                Inbox = "",
                Dataset = name,
                Target = target ?? "",
                TableSchema = parts is { Length: 2 } ? Naming.Normalise(parts[0]) : null,
                TableName = parts is null ? Naming.TableFromFile(name) : Naming.Normalise(parts[^1]),
                Files = [new DataFile(name, found.Bytes, found.ModifiedAt)],
            },
            new SourceFile(name, full));
    }

    /// <summary>A sound file is read once; only a damaged one again, to count all its damages.</summary>
    private async Task<DatasetSurvey> SurveyAsync(LoadSpec spec, SourceFile source, CancellationToken token)
    {
        var request = new SurveyRequest
        {
            Files = [source],
            Format = spec.Format,
            Dialect = spec.Dialect,
            Ragged = spec.Ragged,
            TypesAsText = spec.TypesAsText,
            RejectsMax = spec.RejectsMax,
        };
        var unheard = new Progress<long>();
        try
        {
            return await _surveyor.SurveyAsync(request, unheard, token);
        }
        catch (DatasetException fault) when (fault.Line is not null)
        {
            return await _surveyor.SurveyAsync(request with { RejectsMax = MostRejects }, unheard, token);
        }
    }

    private CheckResult Rejects(CheckResult result, DatasetSurvey survey, SourceFile source, LoadSpec spec, CancellationToken token)
    {
        if (!survey.Notes.Any(note => note.Contains("rejected", StringComparison.Ordinal)))
        {
            return result;
        }

        using var reader = _surveyor.CreateReader(survey, [source], [.. survey.Columns.Select(c => c.Type)]).Open(0);
        var batch = new RecordBatch();
        while (reader.Read(batch))
        {
            token.ThrowIfCancellationRequested();
        }

        var first = reader.Rejects is [var reject, ..] ? reject : null;
        result = result with { Rejected = reader.Rejects.Count, Rejects = [.. reader.Rejects.Take(ShownRejects)] };
        return result.Rejected <= spec.RejectsMax || first is null ? result : result with
        {
            Error = $"{first.File}: line {first.Line} {first.Reason}. {Amounts.Counted(result.Rejected, "damaged record")} found, {spec.RejectsMax} allowed.",
            Line = first.Line,
            Hint = $"Repair them, or allow them in the trigger: \"rejects\": {{ \"max\": {result.Rejected} }}.",
        };
    }

    private async Task<ExistingTable?> ExistingAsync(ILoadTarget target, TableName name, CancellationToken token)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(token, limit.Token);
        try
        {
            return await target.FindTableAsync(name, either.Token);
        }
        catch (Exception fault) when (!token.IsCancellationRequested && target.Classify(fault).Kind != FaultKind.Data)
        {
            throw new NotReachableException($"Target '{target.Name}' does not answer: {target.Classify(fault).Reason}", "Without --target, and outside an inbox, only the file itself is checked.", fault);
        }
    }

    private static CheckedColumn Column(TargetColumn column, DatasetSurvey survey, ExistingTable? existing, TargetKind kind)
    {
        var surveyed = survey.Columns[column.Ordinal];
        return new CheckedColumn(
            column.Name, column.SourceName, TableStatement.Declare(kind, column.Type), existing?.Columns.FirstOrDefault(c => c.Name == column.Name)?.DeclaredType,
            surveyed.Nulls, surveyed.MaxBytes, surveyed.Excluded);
    }
}
