using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Etl.Loader.Survey.JsonLines;

/// <summary>
/// Takes one line apart into the values of its columns. Survey and reading use the same parser, so that they agree on every record. What it
/// lets through, a database can hold: well-formed UTF-8 without NUL, no key twice in one object.
/// </summary>
internal sealed class JsonRecordParser(JsonColumns columns)
{
    private static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = JsonNested.MaxDepth };

    private JsonValue[] _values = [];
    private long[] _seen = [];
    private long _record;

    /// <summary>The text of strings that were written with escapes.</summary>
    public byte[] Scratch { get; private set; } = new byte[4096];

    public int ScratchUsed { get; private set; }

    /// <summary>What is wrong with the record, when it was not parsed.</summary>
    public string Reason { get; private set; } = "";

    /// <summary>The column at fault, when it was not parsed and one is.</summary>
    public string? Column { get; private set; }

    /// <summary>The record's value of a column; <see cref="JsonValueKind.Null"/> where it has none.</summary>
    public JsonValue Value(int column) => column < _seen.Length && _seen[column] == _record ? _values[column] : default;

    /// <summary>False when the line is not a record that can be loaded; keys that only such lines have do not become columns.</summary>
    public bool TryParse(byte[] buffer, int start, int length)
    {
        var known = columns.Count;
        if (TryParseLine(buffer, start, length))
        {
            return true;
        }

        columns.Truncate(known);
        return false;
    }

    private bool TryParseLine(byte[] buffer, int start, int length)
    {
        _record++;
        ScratchUsed = 0;
        Column = null;
        var line = buffer.AsSpan(start, length);
        if (!Utf8.IsValid(line))
        {
            return Fault($"its bytes are not UTF-8 from position {FirstInvalid(line) + 1} on");
        }

        try
        {
            var reader = new Utf8JsonReader(line, ReaderOptions);
            return reader.Read() && reader.TokenType == JsonTokenType.StartObject
                ? TryParseObject(ref reader, buffer, start)
                : Fault("it is not a JSON object");
        }
        catch (JsonException exception)
        {
            return Fault($"it is not well-formed JSON at position {(exception.BytePositionInLine ?? 0) + 1}: {FirstSentence(exception.Message)}");
        }
    }

    private static string FirstSentence(string message) =>
        message.IndexOf(" LineNumber:", StringComparison.Ordinal) is > 0 and var end ? message[..end].TrimEnd('.') : message;

    private static int FirstInvalid(ReadOnlySpan<byte> line)
    {
        var at = 0;
        while (at < line.Length && Rune.DecodeFromUtf8(line[at..], out _, out var consumed) == System.Buffers.OperationStatus.Done)
        {
            at += consumed;
        }

        return at;
    }

    private bool TryParseObject(ref Utf8JsonReader reader, byte[] buffer, int start)
    {
        var column = -1;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.ValueSpan;
            if (reader.ValueIsEscaped)
            {
                if (!TryUnescape(ref reader, out var at, out var unescaped))
                {
                    return Fault("a key has an escape that no text can hold (\\u0000 or half a surrogate pair)");
                }

                key = Scratch.AsSpan(at, unescaped);
            }

            column = Find(key, column + 1);
            if (_seen[column] == _record)
            {
                return Fault($"it has the key '{Named(column)}' twice", column);
            }

            _seen[column] = _record;
            reader.Read();
            if (!TryReadValue(ref reader, buffer, start, column))
            {
                return false;
            }
        }

        // The closing brace has been read; anything but blanks behind it makes the reader throw.
        while (reader.Read())
        {
        }

        return true;
    }

    private int Find(ReadOnlySpan<byte> key, int expected)
    {
        var column = columns.Find(key, expected);
        if (column < 0)
        {
            column = columns.Add(key);
        }

        if (column >= _values.Length)
        {
            Array.Resize(ref _values, Math.Max(16, 2 * (column + 1)));
            Array.Resize(ref _seen, _values.Length);
        }

        return column;
    }

    private bool TryReadValue(ref Utf8JsonReader reader, byte[] buffer, int start, int column)
    {
        var from = (int)reader.TokenStartIndex;
        int unescaped = -1, unescapedLength = 0;
        JsonValueKind kind;
        switch (reader.TokenType)
        {
            case JsonTokenType.Null:
                kind = JsonValueKind.Null;
                break;
            case JsonTokenType.Number:
                kind = JsonValueKind.Number;
                break;
            case JsonTokenType.True or JsonTokenType.False:
                kind = JsonValueKind.Boolean;
                break;
            case JsonTokenType.String:
                kind = JsonValueKind.String;
                if (reader.ValueIsEscaped && !TryUnescape(ref reader, out unescaped, out unescapedLength))
                {
                    return Fault("its text has an escape that no text column can hold (\\u0000 or half a surrogate pair)", column);
                }

                break;
            default:
                kind = JsonValueKind.Nested;
                reader.Skip();
                if (JsonNested.Fault(buffer.AsMemory(start + from, (int)reader.BytesConsumed - from)) is { } reason)
                {
                    return Fault(reason, column);
                }

                break;
        }

        _values[column] = new(kind, start + from, (int)reader.BytesConsumed - from, unescaped, unescapedLength);
        return true;
    }

    /// <summary>False for what is not text in any database: NUL, and surrogates without their pair.</summary>
    private bool TryUnescape(ref Utf8JsonReader reader, out int at, out int length)
    {
        at = ScratchUsed;
        length = 0;
        var needed = at + reader.ValueSpan.Length;
        if (needed > Scratch.Length)
        {
            var larger = new byte[Math.Max(needed, 2 * Scratch.Length)];
            Scratch.AsSpan(0, at).CopyTo(larger);
            Scratch = larger;
        }

        try
        {
            length = reader.CopyString(Scratch.AsSpan(at));
        }
        catch (InvalidOperationException)
        {
            return false;
        }

        ScratchUsed = at + length;
        return !Scratch.AsSpan(at, length).Contains((byte)0);
    }

    private bool Fault(string reason, int column = -1)
    {
        Reason = reason;
        Column = column < 0 ? null : Named(column);
        return false;
    }

    /// <summary>For people: a key may be as long as a line.</summary>
    private string Named(int column) => columns.Name(column) is { Length: > 200 } name ? name[..200] + "…" : columns.Name(column);
}
