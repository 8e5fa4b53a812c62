using System.Globalization;
using Etl.Loader.Survey.Delimited.Scanning;

namespace Etl.Loader.Survey.Delimited.Reading;

/// <summary>Counts damaged records over all files of a dataset, against how many may be left aside.</summary>
internal sealed class RejectBudget(long max)
{
    private DamagedRecord? _first;
    private bool _atEnd;
    private long _count;

    /// <summary>For people: how many there were, if any.</summary>
    public IEnumerable<string> Notes() => _count == 0 ? [] : [$"{Amounts.Counted(_count, "damaged record")} rejected"];

    /// <summary>There are more than may be; how many is worth to know for anyone who has to allow them.</summary>
    public bool IsOver => _count > max;

    /// <param name="atEnd">True: nothing but such records follows in the file.</param>
    public void Spend(DamagedRecord reject, bool atEnd = false)
    {
        // Those that might have been a footer come later than others behind them.
        if (_first is null || (reject.Record.File == _first.Record.File && reject.Record.Offset < _first.Record.Offset))
        {
            (_first, _atEnd) = (reject, atEnd);
        }

        _count++;
        if (reject.Kind == DamageKind.UnexpectedQuote)
        {
            // Readers know only that quotes are ordinary characters: where that is in doubt, no number of rejects makes the rest right.
            _first = reject;
            throw Fault(all: false);
        }
    }

    /// <summary>Ends the survey where there are too many.</summary>
    /// <param name="all">True: no further ones are to come, so that their number can be named.</param>
    public void Settle(bool all)
    {
        if (IsOver)
        {
            throw Fault(all);
        }
    }

    private DatasetException Fault(bool all)
    {
        var (kind, record, tooFew, _) = _first!;
        var number = all ? _count.ToString(CultureInfo.InvariantCulture) : "n";
        return new(
            $"{record.File}: line {record.Line} {record.Reason}{(_count > max && max > 0 ? $"; it is the first of more than {Amounts.Counted(max, "damaged record")}" : "")}.",
            Damage.Hint(kind, tooFew && !_atEnd, record.Raw).Replace("\"max\": n", $"\"max\": {number}", StringComparison.Ordinal),
            record.File,
            record.Line);
    }
}
