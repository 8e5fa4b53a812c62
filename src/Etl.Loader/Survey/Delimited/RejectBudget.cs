namespace Etl.Loader.Survey.Delimited;

/// <summary>Counts damaged records over all files of a dataset, and ends the survey at the first one too many.</summary>
internal sealed class RejectBudget(long max)
{
    private DamagedRecord? _first;
    private long _count;

    public long Count => _count;

    public void Spend(DamagedRecord reject)
    {
        _first ??= reject;
        if (++_count <= max)
        {
            return;
        }

        var record = _first.Record;
        throw new DatasetException(
            $"{record.File}: line {record.Line} {record.Reason}{(max > 0 ? $"; it is the first of more than {max} damaged records" : "")}.",
            Damage.Hint(_first.Kind, _first.TooFew),
            record.File,
            record.Line);
    }
}
