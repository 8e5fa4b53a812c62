using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Etl.Loader.Survey.Types;

/// <summary>
/// Proves the narrowest lossless type of one column over every value it is shown. No allocation per value. The first value settles a
/// candidate, every later one must be of it: whole numbers widen to numeric, everything else to text. <c>docs/types.md</c> has the rules.
/// </summary>
/// <param name="formats">How the dataset writes numbers and dates; null: ISO dates and a decimal point.</param>
/// <param name="asText">True: count only, the column stays text.</param>
internal sealed class TypeProof(ValueFormats? formats = null, bool asText = false)
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
    private int _maxBytes;
    private TypeExclusion? _excluded;

    public void ObserveNull() => _nulls++;

    public void Observe(ReadOnlySpan<byte> value, long line)
    {
        if (value.Length + NumberShape.Slack > 128)
        {
            ObserveSlow(value, line);
            return;
        }

        // The vectorised readers look a few bytes past the value's end.
        Span<byte> padded = stackalloc byte[128];
        value.CopyTo(padded);
        Observe(ref padded[0], value.Length, line);
    }

    /// <summary>Every value of one column of the batch, whose data has <see cref="NumberShape.Slack"/> readable bytes after the last field.</summary>
    public void Observe(RecordBatch batch, int column)
    {
        ref var data = ref MemoryMarshal.GetArrayDataReference(batch.Data);
        var fields = batch.Fields.AsSpan(0, batch.Rows * batch.Columns);
        var row = 0;
        for (var i = column; i < fields.Length; i += batch.Columns, row++)
        {
            var field = fields[i];
            if (field.Length < 0)
            {
                _nulls++;
                continue;
            }

            Observe(ref Unsafe.Add(ref data, field.Start), field.Length, batch.Lines[row]);
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
        return new(name, type, _nulls, _maxBytes, _excluded);
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Observe(ref byte start, int length, long line)
    {
        if (length > _maxBytes)
        {
            _maxBytes = length;
        }

        switch (_kind)
        {
            case TypeKind.Text:
                return;
            case TypeKind.BigInt or TypeKind.Numeric when length <= 18:
                if (NumberShape.TryRead(ref start, length, _point, out var shape) && (shape.Scale == 0 || _kind == TypeKind.Numeric))
                {
                    Note(shape);
                    return;
                }

                break;
            case TypeKind.Date when !_formats.CustomDate:
                if (ValueParser.TryDate(MemoryMarshal.CreateReadOnlySpan(ref start, length), out _))
                {
                    return;
                }

                break;
        }

        ObserveSlow(MemoryMarshal.CreateReadOnlySpan(ref start, length), line);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Note(NumberShape shape)
    {
        if (shape.IntegerDigits > _integerDigits)
        {
            _integerDigits = shape.IntegerDigits;
        }

        if (shape.Scale > _scale)
        {
            _scale = shape.Scale;
        }

        if (shape.Scale < _smallestScale)
        {
            _smallestScale = shape.Scale;
        }

        _missingZero |= shape.IntegerDigits == 0;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ObserveSlow(ReadOnlySpan<byte> value, long line)
    {
        _maxBytes = Math.Max(_maxBytes, value.Length);
        if (_kind == TypeKind.Text)
        {
            return;
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
