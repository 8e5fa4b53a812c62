using Etl.Loader.Survey.Types;

namespace Etl.Loader.Survey.JsonLines;

/// <summary>
/// Proves the type of one key's values. JSON says of every value what it is, and that is kept: a string never becomes a number, however it
/// looks, and strings mixed with numbers are text. Dates, times, timestamps and UUIDs have no other form in JSON than strings.
/// </summary>
internal sealed class JsonColumnProof
{
    private readonly TypeProof _strings = new();
    private readonly TypeProof _numbers = new();
    private long _values;
    private int _maxText;
    private int _maxToken;
    private Kinds _seen;

    /// <summary>What was seen before, and the value that made it a mix.</summary>
    private (Kinds Before, long Line, string Value)? _mixed;

    /// <summary>The first value with a number -0, which no JSON column keeps.</summary>
    private TypeExclusion? _negativeZero;

    [Flags]
    private enum Kinds
    {
        None = 0,
        String = 1,
        Number = 2,
        Boolean = 4,
        Nested = 8,
    }

    public void Observe(JsonValue value, JsonRecordParser parser, byte[] buffer, long line)
    {
        if (value.Kind == JsonValueKind.Null)
        {
            return;
        }

        _values++;
        var text = value.Text(parser, buffer);
        _maxText = Math.Max(_maxText, text.Length);
        _maxToken = Math.Max(_maxToken, value.Length);
        var kind = value.Kind switch
        {
            JsonValueKind.String => Kinds.String,
            JsonValueKind.Number => Kinds.Number,
            JsonValueKind.Boolean => Kinds.Boolean,
            _ => Kinds.Nested,
        };
        if (_negativeZero is null && (kind is Kinds.Nested or Kinds.Number) && JsonNested.HasNegativeZero(value.Token(buffer)))
        {
            _negativeZero = new TypeExclusion(TypeKind.Json, line, JsonText.Shorten(text));
        }

        if ((_seen | kind) != _seen)
        {
            if (_seen != Kinds.None && _mixed is null)
            {
                _mixed = (_seen, line, JsonText.Shorten(text));
            }

            _seen |= kind;
        }

        if (kind == Kinds.String)
        {
            _strings.Observe(text, line);
        }
        else if (kind == Kinds.Number)
        {
            _numbers.Observe(text, line);
        }
    }

    /// <param name="rows">Records of the dataset that are loaded.</param>
    /// <param name="asText">True: the producer wants text, whatever was found.</param>
    public SurveyedColumn Finish(string name, long rows, bool asText)
    {
        var nulls = rows - _values;
        if (asText)
        {
            return new(name, ColumnType.Text, nulls, _maxText, null);
        }

        var found = TypeOf(_seen);
        var longest = found.Type.Kind == TypeKind.Json ? _maxToken : _maxText;
        if (_mixed is not { } mixed)
        {
            return new(name, found.Type, nulls, longest, found.Excluded);
        }

        var narrower = TypeOf(mixed.Before).Type.Kind;
        var excluded = narrower == found.Type.Kind ? found.Excluded : new TypeExclusion(narrower, mixed.Line, mixed.Value);
        return new(name, found.Type, nulls, longest, excluded);
    }

    /// <summary>What people should know about how the numbers are written; null: nothing.</summary>
    public string? Note(string name) => _seen == Kinds.Number ? _numbers.Note(name) : null;

    private (ColumnType Type, TypeExclusion? Excluded) TypeOf(Kinds seen)
    {
        if ((seen & Kinds.Nested) != 0)
        {
            return _negativeZero is null ? (new(TypeKind.Json), null) : (ColumnType.Text, _negativeZero);
        }

        switch (seen)
        {
            case Kinds.None:
                return (new(TypeKind.Empty), null);
            case Kinds.Boolean:
                return (new(TypeKind.Boolean), null);
            case Kinds.Number:
                var numbers = _numbers.Finish("");
                return (numbers.Type, numbers.Excluded);
            case Kinds.String:
                var strings = _strings.Finish("");
                return (
                    IsWrittenAsString(strings.Type.Kind) ? strings.Type : ColumnType.Text,
                    strings.Excluded is { } excluded && IsWrittenAsString(excluded.Narrower) ? excluded : null);
            default:
                return (ColumnType.Text, null);
        }
    }

    private static bool IsWrittenAsString(TypeKind kind) =>
        kind is TypeKind.Date or TypeKind.Time or TypeKind.Timestamp or TypeKind.TimestampTz or TypeKind.Uuid;
}
