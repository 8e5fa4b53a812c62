using System.Text;
using Etl.Loader.Survey;
using Etl.Loader.Survey.Types;

namespace Etl.Loader.Targets.PostgreSql.Staging;

/// <summary>Counts the records of a load that are left aside, over all its streams, and ends the load when they are too many.</summary>
internal sealed class RejectTally(long max)
{
    private long _count;

    public long Count => Interlocked.Read(ref _count);

    public long Max => max;

    /// <summary>Counts what is already recorded in the target for chunks that an earlier attempt committed.</summary>
    public void AddEarlier(long count) => Interlocked.Add(ref _count, count);

    /// <summary>Counts one more; false when there are now more than allowed.</summary>
    public bool TryCount() => Interlocked.Increment(ref _count) <= max;
}

/// <summary>The rejected records of one reading, for one thread; the tally they count in is shared.</summary>
internal sealed class RejectList(RejectTally tally)
{
    private const int ShownCharacters = 100;

    /// <summary>Characters of a rejected row that are kept; the rest can be read in the file at the byte offset.</summary>
    private const int KeptCharacters = 64 * 1024;

    private readonly List<RejectedRecord> _records = [];

    public IReadOnlyList<RejectedRecord> Records => _records;

    /// <summary>Throws <see cref="DatasetException"/> naming this record when there are now more than allowed.</summary>
    public void Add(RejectedRecord record, TargetColumn? column = null)
    {
        _records.Add(record.Raw.Length > KeptCharacters ? record with { Raw = record.Raw[..KeptCharacters] } : record);
        if (tally.TryCount())
        {
            return;
        }

        var allowed = tally.Max == 0 ? "" : $" (more than the {tally.Max} rejects allowed)";
        var hint = column is null || column.Type.Kind == TypeKind.Text
            ? "Repair the row, or allow rejects in the trigger: \"rejects\": { \"max\": 100 }."
            : $"Repair the row, write \"schema\": {{ \"{column.SourceName}\": \"text\" }} in the trigger, or allow rejects: \"rejects\": {{ \"max\": 100 }}.";
        throw new DatasetException($"{record.File} line {record.Line}: {record.Reason}{allowed}.", hint, record.File, record.Line, record.Column);
    }

    /// <summary>Why a value was not taken: the value, shortened, and what its column expects.</summary>
    public static string Reason(TargetColumn column, ReadOnlySpan<byte> value)
    {
        var expected = PostgreSqlTypes.Declare(column.Type);
        var form = "";
        if (expected != "text" && ValueFormats.IsOfOtherForm(value))
        {
            value = ValueFormats.AsWritten(value);
            form = " in the form that \"dialect\" states";
        }

        var shown = Encoding.UTF8.GetString(value[..Math.Min(value.Length, 4 * ShownCharacters)]);
        shown = shown.Length > ShownCharacters ? shown[..ShownCharacters] + "…" : shown;
        return expected == "text"
            ? $"column '{column.SourceName}' has {Printable(shown)}, which holds a NUL byte, is no UTF-8, or is longer than a gigabyte"
            : $"column '{column.SourceName}' has {Printable(shown)}, which is no {expected}{form}";
    }

    private static string Printable(string text)
    {
        var printable = new StringBuilder("'");
        foreach (var c in text)
        {
            printable.Append(char.IsControl(c) ? '·' : c);
        }

        return printable.Append('\'').ToString();
    }
}
