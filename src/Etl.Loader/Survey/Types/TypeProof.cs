using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Etl.Loader.Survey.Types;

/// <summary>
/// Proves the narrowest lossless type of one column over every value it is shown. No allocation per value. The first value settles a
/// candidate, every later one must be of it: whole numbers widen to numeric, everything else to text. <c>docs/types.md</c> has the rules.
/// </summary>
/// <param name="formats">How the dataset writes numbers and dates; null: ISO dates and a decimal point.</param>
/// <param name="padded">True: blanks around a value are none of it, unless the column is one of texts.</param>
/// <param name="asText">True: count only, the column stays text.</param>
internal sealed class TypeProof(ValueFormats? formats = null, bool asText = false, bool padded = false)
{
    private const int ShownCharacters = 100;

    private readonly ValueFormats _formats = formats ?? ValueFormats.Iso;
    private readonly byte _point = (formats ?? ValueFormats.Iso).DecimalPoint;
    private TypeKind _kind = asText ? TypeKind.Text : TypeKind.Empty;

    /// <summary>What else must stay equal within the type: the casing of booleans, the separator of timestamps.</summary>
    private int _variant;

    private int _integerDigits;
    private int _scale;
    private int _smallestScale = int.MaxValue;
    private bool _missingZero;
    private long _nulls;

    /// <summary>Values of nothing but blanks: nulls, unless they are texts.</summary>
    private long _blanks;
    private int _maxBytes;
    private TypeExclusion? _excluded;

    public void ObserveNull() => _nulls++;

    public void Observe(ReadOnlySpan<byte> value, long line) => ObserveOne(value, line);

    /// <summary>Every value of one column of the batch, whose data has <see cref="NumberShape.Slack"/> readable bytes after the last field.</summary>
    public void Observe(RecordBatch batch, int column)
    {
        var fields = batch.Fields.AsSpan(0, batch.Rows * batch.Columns);
        var at = column;
        while (at < fields.Length)
        {
            // The runs below stop at the first value that is not of the column's type so far.
            at = _kind switch
            {
                TypeKind.Text => RunOfTexts(fields, at, batch.Columns),
                TypeKind.BigInt or TypeKind.Numeric => RunOfNumbers(batch.Data, fields, at, batch.Columns),
                TypeKind.Date when !_formats.CustomDate => RunOfDates(batch.Data, fields, at, batch.Columns),
                _ => at,
            };
            if (at >= fields.Length)
            {
                return;
            }

            var field = fields[at];
            if (field.Length < 0)
            {
                _nulls++;
            }
            else
            {
                ObserveOne(batch.Data.AsSpan(field.Start, field.Length), batch.Lines[at / batch.Columns]);
            }

            at += batch.Columns;
        }
    }

    public SurveyedColumn Finish(string name)
    {
        var type = _kind switch
        {
            TypeKind.Numeric => new ColumnType(_kind, _integerDigits + _scale, _scale),
            TypeKind.BigInt => new ColumnType(_kind, _integerDigits),
            _ => new ColumnType(_kind),
        };
        return _kind == TypeKind.Empty && _blanks > 0 ? new(name, new(TypeKind.Text), _nulls, _maxBytes, _excluded)
            : new(name, type, _nulls + (_kind == TypeKind.Text ? 0 : _blanks), _maxBytes, _excluded);
    }

    /// <summary>What people should know about values that are written in more than one way but are the same number; null: nothing.</summary>
    public string? Note(string name)
    {
        if (_kind != TypeKind.Numeric)
        {
            return null;
        }

        var mixed = _smallestScale < _scale;
        return (_missingZero, mixed) switch
        {
            (true, true) => $"zeros before the point and padding zeros in {name}",
            (true, false) => $"zeros before the point in {name}",
            (false, true) => $"padding zeros in {name}",
            _ => null,
        };
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int RunOfTexts(ReadOnlySpan<Field> fields, int at, int step)
    {
        var longest = _maxBytes;
        long nulls = 0;
        for (; at < fields.Length; at += step)
        {
            var length = fields[at].Length;
            longest = Math.Max(longest, length);
            nulls -= length >> 31;
        }

        _maxBytes = longest;
        _nulls += nulls;
        return at;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int RunOfNumbers(byte[] data, ReadOnlySpan<Field> fields, int at, int step)
    {
        ref var start = ref MemoryMarshal.GetArrayDataReference(data);
        var (point, decimals) = (_point, _kind == TypeKind.Numeric);

        // A bit for each length, for each number of digits before the point, and after it: cheaper to gather than the greatest and the least.
        uint lengths = 0, wholes = 0, scales = 0;
        long nulls = 0;
        for (; at < fields.Length; at += step)
        {
            var field = fields[at];
            if (field.Length < 0)
            {
                nulls++;
                continue;
            }

            // Up to 18 characters are a bigint without a look at the range.
            if (field.Length > 18 || !NumberShape.TryRead(ref Unsafe.Add(ref start, field.Start), field.Length, point, out var shape)
                || (shape.Scale > 0 && !decimals))
            {
                break;
            }

            lengths |= 1u << field.Length;
            wholes |= 1u << shape.IntegerDigits;
            scales |= 1u << shape.Scale;
        }

        if (lengths != 0)
        {
            _maxBytes = Math.Max(_maxBytes, BitOperations.Log2(lengths));
            _integerDigits = Math.Max(_integerDigits, BitOperations.Log2(wholes));
            _missingZero |= (wholes & 1) != 0;
            _scale = Math.Max(_scale, BitOperations.Log2(scales));
            _smallestScale = Math.Min(_smallestScale, BitOperations.TrailingZeroCount(scales));
        }

        _nulls += nulls;
        return at;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int RunOfDates(byte[] data, ReadOnlySpan<Field> fields, int at, int step)
    {
        ref var start = ref MemoryMarshal.GetArrayDataReference(data);
        for (; at < fields.Length; at += step)
        {
            var field = fields[at];
            if (field.Length != 10 || !ValueParser.IsPlainDate(ref Unsafe.Add(ref start, field.Start)))
            {
                break;
            }
        }

        return at;
    }

    private void Note(NumberShape shape)
    {
        _integerDigits = Math.Max(_integerDigits, shape.IntegerDigits);
        _scale = Math.Max(_scale, shape.Scale);
        _smallestScale = Math.Min(_smallestScale, shape.Scale);
        _missingZero |= shape.IntegerDigits == 0;
    }

    private void ObserveOne(ReadOnlySpan<byte> value, long line)
    {
        _maxBytes = Math.Max(_maxBytes, value.Length);
        if (_kind == TypeKind.Text)
        {
            return;
        }

        if (padded)
        {
            value = value.Trim((byte)' ');
            if (value.IsEmpty)
            {
                _blanks++;
                return;
            }
        }

        var first = _kind == TypeKind.Empty;
        var (kind, variant) = TypeRules.Classify(value, _formats, out var shape);
        if (kind is TypeKind.BigInt or TypeKind.Numeric && (first || _kind is TypeKind.BigInt or TypeKind.Numeric))
        {
            Note(shape);
            if (kind == TypeKind.Numeric && (first || _kind == TypeKind.BigInt))
            {
                Exclude(TypeKind.BigInt, value, line);
            }

            _kind = kind == TypeKind.Numeric ? kind : first ? kind : _kind;
            return;
        }

        if (first)
        {
            _kind = kind;
            _variant = variant;
            if (kind == TypeKind.Text && TypeRules.Resembles(value) is { } nearly)
            {
                Exclude(nearly, value, line);
            }

            return;
        }

        if (kind != _kind || variant != _variant)
        {
            Exclude(_kind, value, line);
            _kind = TypeKind.Text;
        }
    }

    private void Exclude(TypeKind narrower, ReadOnlySpan<byte> value, long line)
    {
        // A character has four bytes at most, so this many hold all that is shown; one cut in two at the end is beyond it.
        var shown = Encoding.UTF8.GetString(value[..Math.Min(value.Length, ShownCharacters * 4)]);
        if (shown.Length > ShownCharacters)
        {
            shown = shown[..(char.IsHighSurrogate(shown[ShownCharacters - 1]) ? ShownCharacters - 1 : ShownCharacters)];
        }

        _excluded = new(narrower, line, shown);
    }
}
