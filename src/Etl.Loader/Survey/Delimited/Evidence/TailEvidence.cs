using System.Text;
using Etl.Loader.Survey.Delimited.Dialects;
using Etl.Loader.Survey.Delimited.Scanning;
using Etl.Loader.Survey.Types;

namespace Etl.Loader.Survey.Delimited.Evidence;

/// <summary>The file's last lines: a footer is left out where it plainly is one, and refused where it may be.</summary>
internal sealed class TailEvidence(string file, FoundDialect found)
{
    /// <summary>A footer has no more lines than this.</summary>
    private const int MaxLines = 5;

    private readonly List<DamagedRecord> _short = [];
    private string?[] _lastRow = [];
    private long _lastLine;
    private long _lastLines;
    private long _lastOffset = -1;

    /// <summary>Other damage than short lines follows the last row.</summary>
    private bool _other;

    /// <summary>Keeps a reject that may belong to a footer; false: it does not, and it is to be counted immediately.</summary>
    public bool Keep(DamagedRecord reject)
    {
        if (reject is not { Kind: DamageKind.FieldCount or DamageKind.StrayQuote or DamageKind.Torn, TooFew: true } || _short.Count == MaxLines)
        {
            _other = true;
            return false;
        }

        _short.Add(reject);
        return true;
    }

    /// <summary>Lines that were kept and are followed by a row after all.</summary>
    /// <param name="damaged">The batch's rejects.</param>
    public IReadOnlyList<DamagedRecord> Observe(RecordBatch batch, IReadOnlyList<DamagedRecord> damaged)
    {
        if (batch.Rows == 0)
        {
            return [];
        }

        var last = batch.Rows - 1;
        _lastRow =
        [
            .. Enumerable.Range(0, batch.Columns).Select(column =>
                batch.IsNull(last, column) ? null : Encoding.UTF8.GetString(batch.Value(last, column)[..Math.Min(200, batch.Value(last, column).Length)])),
        ];
        (_lastLine, _lastOffset) = (batch.Lines[last], batch.Offsets[last]);
        var end = new RecordEnd(new(found.Dialect));
        var from = (int)(batch.Offsets[last] - batch.DataOffset);
        end.Feed(batch.Data.AsSpan(from, (int)(batch.Offsets[batch.Rows] - batch.DataOffset) - from));
        _lastLines = Math.Max(1, end.Lines);
        _other = damaged.Any(reject => reject.Record.Offset > _lastOffset && !_short.Contains(reject));
        var passed = _short.FindAll(reject => reject.Record.Offset < _lastOffset);
        _short.RemoveAll(reject => reject.Record.Offset < _lastOffset);
        return passed;
    }

    /// <summary>What was kept to the end and is not a footer.</summary>
    public IReadOnlyList<DamagedRecord> Rest => _short;

    /// <summary>Where a plain footer begins in the decoded text; null: there is none.</summary>
    /// <param name="proofs">Of the file's columns.</param>
    public long? Footer(IReadOnlyList<SurveyedColumn> proofs)
    {
        if (_short.Count == 0 || _other || _lastOffset < 0 || found.Names.Count < 2)
        {
            return null;
        }

        var apart = _short[0].Record.Line > _lastLine + _lastLines;
        var typed = proofs[0].Type.Kind is TypeKind.BigInt or TypeKind.Numeric or TypeKind.Date or TypeKind.Time or TypeKind.Timestamp or TypeKind.TimestampTz;
        return _short.TrueForAll(reject => IsRemark(reject.Record.Raw, apart, typed) && !BeginsAsRows(reject)) ? _short[0].Record.Offset : null;
    }

    /// <summary>
    /// Where a last row begins that is as wide as the table and a footer: one text where all rows have a value of another type, and nothing in
    /// columns that all others fill. Throws where the last row may be a footer or sum.
    /// </summary>
    public long? WideFooter(IReadOnlyList<SurveyedColumn> proofs, long rows)
    {
        if (rows < 2 || _lastRow.All(value => value is null))
        {
            return null;
        }

        var shown = string.Join(DialectText.Shown(found.Dialect.Delimiter), _lastRow.Select(value => value ?? ""));
        shown = shown.Length <= 100 ? shown : shown[..100] + "…";
        var filled = _lastRow.Count(value => value is not null);
        if (Enumerable.Range(0, _lastRow.Length).Any(column => _lastRow[column] is { } value && TableEvidence.IsSum(value) && !found.Categories.Contains(column)))
        {
            throw TableEvidence.Sum(file, _lastLine, shown, null);
        }

        var onlyHere = Enumerable.Range(0, _lastRow.Length).Where(column => _lastRow[column] is null && proofs[column].Nulls == 1).ToList();

        // What is padded is meant to be short.
        if (rows < 3 || (found.Dialect.Pad && filled > 1))
        {
            return null;
        }

        if (onlyHere is [0] && filled == _lastRow.Length - 1 && filled > 1 && _lastRow.Skip(1).All(value => CellEvidence.LooksNumeric(value!)))
        {
            throw Suspect(shown, "it is the only one without a value in the first column, and has numbers in all others");
        }

        var turnedHere = proofs.Count(column => column is { Type.Kind: TypeKind.Text, Excluded: { } by } && by.Line == _lastLine && IsRemark(by.Value, true, true));
        if (turnedHere > 0 && turnedHere == filled && _lastRow.Length == 1)
        {
            throw Suspect(shown, "it is the only text among values");
        }

        if ((onlyHere.Contains(0) && onlyHere.Count > 1) || onlyHere.Count > 2)
        {
            filled = Math.Min(filled, (_lastRow.Length + 1) / 2);
        }

        // Columns that end early leave a row that begins as all rows do: each value that is there is one of its column.
        var typedFirst = proofs[0].Type.Kind is not (TypeKind.Text or TypeKind.Empty);
        if (onlyHere.Count == 0
            || filled * 2 > _lastRow.Length + 1
            || (typedFirst && _lastRow[0] is not null && proofs.Where((_, column) => _lastRow[column] is not null).All(proof => proof.Type.Kind != TypeKind.Text)))
        {
            return null;
        }

        var turned = proofs[0] is { Type.Kind: TypeKind.Text, Excluded: { } excluded } && excluded.Line == _lastLine && IsRemark(_lastRow[0]!, true, true);
        if (turned && filled == 1 && onlyHere.Count * 2 > _lastRow.Length - 1)
        {
            return _lastOffset;
        }

        if (onlyHere.Contains(0) || onlyHere.Count > 1 || (filled == 1 && proofs[0].Type.Kind == TypeKind.Text))
        {
            throw Suspect(shown, $"it is the only one without values in {Amounts.Counted(onlyHere.Count, "column")}");
        }

        return null;
    }

    /// <summary>
    /// A row that was cut or lost a field: it begins with the sign that all rows begin with, or has fields of which the first is written as
    /// theirs. Without a line end only what cannot be the start of a row is not a torn one.
    /// </summary>
    private bool BeginsAsRows(DamagedRecord reject)
    {
        var raw = reject.Record.Raw;
        var end = raw.IndexOf(found.Dialect.Delimiter, StringComparison.Ordinal);
        var shape = CellEvidence.Shape(end < 0 ? raw : raw[..end]);
        return raw.Length > 0 && ((found.FirstMark is { } mark && raw[0] == mark) || (end >= 0 && shape == found.FirstShape)
            || (reject.Kind == DamageKind.Torn && !char.IsLetter(raw[0])));
    }

    private DatasetException Suspect(string shown, string why) => new(
        $"{file}: the last line {_lastLine} ('{shown}') looks like a footer or total, not like a row: {why}.",
        "Deliver the file without it, or write \"types\": \"text\" in the trigger if the line is a row.",
        file,
        _lastLine);

    /// <summary>A row that was cut off or damaged begins as rows do, and is not a sentence.</summary>
    private static bool IsRemark(string text, bool apart, bool typedRows)
    {
        text = text.Trim().Trim('"');
        return text is ['#' or '*' or '(' or '©', _, ..]
            || (text.Length > 3 && char.IsLetter(text[0]) && text.Contains(' ') && (apart || typedRows) && !text.Contains('\n'));
    }
}
