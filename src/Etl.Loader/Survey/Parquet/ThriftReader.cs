namespace Etl.Loader.Survey.Parquet;

/// <summary>Reads Thrift's compact form, in which Parquet describes itself. Throws <see cref="InvalidDataException"/> where the bytes are no such thing.</summary>
internal ref struct ThriftReader(ReadOnlySpan<byte> bytes)
{
    private const int True = 1, False = 2, Byte = 3, Double = 7, Binary = 8, List = 9, Set = 10, Map = 11, Struct = 12;
    private const int MostNested = 64;

    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>Bytes read so far.</summary>
    public int Position { get; private set; }

    /// <summary>Goes to the next field of a struct; false at its end.</summary>
    /// <param name="id">The last field's, 0 before the first.</param>
    public bool Next(ref int id, out int type)
    {
        var head = One();
        type = head & 0x0F;
        if (type == 0)
        {
            return false;
        }

        id = head >> 4 is var delta and > 0 ? id + delta : (int)Number();
        return true;
    }

    /// <summary>An integer of any width, as a field.</summary>
    public long Number()
    {
        var value = Unsigned();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    public ReadOnlySpan<byte> Text()
    {
        var length = Length();
        var text = _bytes.Slice(Position, length);
        Position += length;
        return text;
    }

    /// <summary>The count of a list's elements, and their type.</summary>
    public int Elements(out int type)
    {
        var head = One();
        type = head & 0x0F;
        return head >> 4 is var count and < 15 ? count : Length();
    }

    public void Skip(int type, int depth = 0)
    {
        if (depth > MostNested)
        {
            throw new InvalidDataException("The description is nested too deeply.");
        }

        switch (type)
        {
            case True or False:
                break;
            case Byte:
                One();
                break;
            case Double:
                for (var left = sizeof(double); left > 0; left--)
                {
                    One();
                }

                break;
            case Binary:
                Text();
                break;
            case List or Set:
                for (var left = Elements(out var element); left > 0; left--)
                {
                    SkipElement(element, depth);
                }

                break;
            case Map:
                var pairs = Length();
                for (var types = pairs > 0 ? One() : 0; pairs > 0; pairs--)
                {
                    SkipElement(types >> 4, depth);
                    SkipElement(types & 0x0F, depth);
                }

                break;
            case Struct:
                for (var id = 0; Next(ref id, out var field);)
                {
                    Skip(field, depth + 1);
                }

                break;
            default:
                Unsigned();
                break;
        }
    }

    /// <summary>A truth value has a byte of its own only inside a list or map.</summary>
    private void SkipElement(int type, int depth) => Skip(type is True or False ? Byte : type, depth + 1);

    private int Length() => Unsigned() is var length && length <= (ulong)(_bytes.Length - Position)
        ? (int)length
        : throw new InvalidDataException("The description is truncated.");

    private ulong Unsigned()
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var part = One();
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
            {
                return value;
            }
        }

        throw new InvalidDataException("A number in the description is too long.");
    }

    private byte One() => Position < _bytes.Length ? _bytes[Position++] : throw new InvalidDataException("The description is truncated.");
}
