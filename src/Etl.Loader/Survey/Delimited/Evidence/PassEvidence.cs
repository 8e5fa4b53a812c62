using Etl.Loader.Survey.Delimited.Dialects;
using Etl.Loader.Survey.Delimited.Reading;
using Etl.Loader.Survey.Delimited.Scanning;

namespace Etl.Loader.Survey.Delimited.Evidence;

/// <summary>What a reading of a whole file shows of its lines beyond the sample: which are not rows, and where the table ends.</summary>
/// <param name="single">The file is the dataset's only one, so that the columns' proofs are of it alone.</param>
/// <param name="ended">Where the table ends is known already.</param>
internal sealed class PassEvidence(SourceFile file, FoundDialect found, DialectSpec spec, RecordScanner scanner, bool single, bool ended)
{
    private readonly RowEvidence _rows = new(file.Name, found, spec);
    private readonly TailEvidence? _tail = ended ? null : new(file.Name, found);
    private long _lastReject = -1;

    /// <summary>Keeps a reject that may belong to a footer; false: it is to be counted immediately.</summary>
    public bool Keep(DamagedRecord reject) => _tail?.Keep(reject) == true;

    /// <summary>Returns rejects that were kept and are followed by a row after all.</summary>
    public IReadOnlyList<DamagedRecord> Observe(RecordBatch batch)
    {
        _rows.Observe(batch);
        _lastReject = scanner.Rejects is [.., var last] ? last.Record.Offset : _lastReject;
        return _tail?.Observe(batch, scanner.Rejects) ?? [];
    }

    /// <summary>At the file's end. Returns the rejects that were kept and are not footer.</summary>
    public IReadOnlyList<DamagedRecord> Settle(IReadOnlyList<SurveyedColumn> columns)
    {
        var empty = spec.Null is null ? _rows.EmptyEnd : null;
        if (_tail is not null && single && _tail.Footer(columns) is { } footer)
        {
            throw new OtherEndException(file, new(Math.Min(footer, empty ?? footer), $"{Amounts.Counted(_tail.Rest.Count, "line")} after the table skipped"));
        }

        if (empty is not null && (ended || _lastReject > empty))
        {
            _rows.RefuseEmpty();
        }

        if (empty is { } end)
        {
            throw new OtherEndException(file, new(end, "empty lines after the table skipped"));
        }

        if (_tail is not null && single && _tail.WideFooter(columns, scanner.NextRow) is { } wide && _lastReject < wide)
        {
            throw new OtherEndException(file, new(wide, "the last line skipped, which is a footer"));
        }

        _rows.Finish();
        if (scanner.Gaps is 1 or 2 && columns.All(column => column.Type.Kind is TypeKind.Text or TypeKind.Empty))
        {
            throw TableEvidence.Gap(file.Name, null);
        }

        return _tail?.Rest ?? [];
    }
}
