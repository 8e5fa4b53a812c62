namespace Etl.Loader.Survey.Delimited;

/// <summary>What a reading of a whole file shows of its lines beyond the sample: which are no rows, and where the table ends.</summary>
/// <param name="single">The file is the dataset's only one, so that the columns' proofs are of it alone.</param>
/// <param name="ended">Where the table ends is known already.</param>
internal sealed class PassEvidence(SourceFile file, FoundDialect found, DialectSpec spec, RecordScanner scanner, bool single, bool ended)
{
    private readonly RowEvidence _rows = new(file.Name, found, spec);
    private readonly TailEvidence? _tail = ended ? null : new(file.Name, found);

    /// <summary>Keeps a reject that may belong to a footer; false: it is to be counted at once.</summary>
    public bool Keep(DamagedRecord reject) => _tail?.Keep(reject) == true;

    /// <summary>Returns rejects that were kept and are followed by a row after all.</summary>
    public IReadOnlyList<DamagedRecord> Observe(RecordBatch batch)
    {
        _rows.Observe(batch);
        return _tail?.Observe(batch, scanner.Rejects) ?? [];
    }

    /// <summary>At the file's end. Returns the rejects that were kept and are no footer.</summary>
    public IReadOnlyList<DamagedRecord> Settle(IReadOnlyList<SurveyedColumn> columns)
    {
        if (_tail is not null && single && _tail.Footer(columns) is { } footer)
        {
            throw new OtherEndException(file, new(footer, $"{_tail.Rest.Count} lines after the table skipped"));
        }

        if (!ended && _rows.EmptyEnd is { } empty && spec.Null is null)
        {
            throw new OtherEndException(file, new(empty, "empty lines after the table skipped"));
        }

        if (_tail is not null && single && _tail.WideFooter(columns, scanner.NextRow) is { } wide)
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
