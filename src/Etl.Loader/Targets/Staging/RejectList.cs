using System.Text;
using Etl.Loader.Survey;
using Etl.Loader.Survey.Types;

namespace Etl.Loader.Targets.Staging;

/// <summary>The rejected records of one reading, for one thread; the tally they count in is shared.</summary>
internal sealed class RejectList(RejectTally tally, RejectWords words)
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

        var allowed = tally.Max == 0 ? "" : $" (more than the {Amounts.Counted(tally.Max, "reject")} allowed)";
        var hint = column is null || words.IsText(column.Type)
            ? "Repair the row, or allow rejects in the trigger: \"rejects\": { \"max\": 100 }."
            : column.Type.Kind is TypeKind.Integer or TypeKind.Text
            ? "Repair the row, widen the column where it is narrow (in the table by ALTER TABLE, in the trigger by \"schema\"), or allow rejects: \"rejects\": { \"max\": 100 }."
            : $"Repair the row, write \"schema\": {{ \"{column.SourceName}\": \"text\" }} in the trigger, or allow rejects: \"rejects\": {{ \"max\": 100 }}.";
        throw new DatasetException($"{record.File} line {record.Line}: {record.Reason}{allowed}.", hint, record.File, record.Line, record.Column);
    }

    /// <summary>Why a value was not taken: the value, shortened, and what its column expects.</summary>
    public string Reason(TargetColumn column, ReadOnlySpan<byte> value)
    {
        var text = words.IsText(column.Type);
        var form = "";
        if (!text && ValueFormats.IsOfOtherForm(value))
        {
            value = ValueFormats.AsWritten(value);
            form = " in the form that \"dialect\" states";
        }

        var shown = Encoding.UTF8.GetString(value[..Math.Min(value.Length, 4 * ShownCharacters)]);
        shown = shown.Length > ShownCharacters ? shown[..ShownCharacters] + "…" : shown;
        return $"column '{column.SourceName}' has {Printable(shown)}, which {(text ? words.NoText : $"is not a valid {words.Declare(column.Type)}{form}")}";
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

/// <summary>A target's words for what a value should have been.</summary>
/// <param name="Declare">The target's name of a type.</param>
/// <param name="IsText">True where values of the type are kept as they are written.</param>
/// <param name="NoText">What is wrong with a value that not even text holds.</param>
internal sealed record RejectWords(Func<ColumnType, string> Declare, Func<ColumnType, bool> IsText, string NoText);
