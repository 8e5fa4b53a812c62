namespace Etl.Loader.Survey.Delimited;

/// <summary>Counts damaged records over all files of a dataset, and ends the survey at the first one too many.</summary>
internal sealed class RejectBudget(long max)
{
    private DamagedRecord? _first;
    private long _count;

    /// <summary>For people: how many there were, if any.</summary>
    public IEnumerable<string> Notes() => _count == 0 ? [] : [$"{_count} damaged records rejected"];

    public void Spend(DamagedRecord reject)
    {
        // Readers know only that quotes are ordinary characters: where that is in doubt, no number of rejects makes the rest right.
        _first = reject.Kind == DamageKind.UnexpectedQuote ? reject : _first ?? reject;
        if (++_count <= max && reject.Kind != DamageKind.UnexpectedQuote)
        {
            return;
        }

        var record = _first.Record;
        throw new DatasetException(
            $"{record.File}: line {record.Line} {record.Reason}{(_count > max && max > 0 ? $"; it is the first of more than {max} damaged records" : "")}.",
            Damage.Hint(_first.Kind, _first.TooFew),
            record.File,
            record.Line);
    }
}
