using System.Text;

namespace Etl.Loader.Survey.JsonLines;

/// <summary>The keys of all records, each with its number, in order of first appearance.</summary>
internal sealed class JsonColumns
{
    private readonly List<byte[]> _names = [];
    private readonly Dictionary<byte[], int> _numbers = new(Utf8KeyComparer.Instance);
    private readonly Dictionary<byte[], int>.AlternateLookup<ReadOnlySpan<byte>> _lookup;

    public JsonColumns() => _lookup = _numbers.GetAlternateLookup<ReadOnlySpan<byte>>();

    public JsonColumns(IEnumerable<string> names)
        : this()
    {
        foreach (var name in names)
        {
            Add(Encoding.UTF8.GetBytes(name));
        }
    }

    public int Count => _names.Count;

    public string Name(int column) => Encoding.UTF8.GetString(_names[column]);

    /// <param name="expected">The column after the one found last: most records have their keys in the same order.</param>
    /// <returns>-1 for a key that was not seen before.</returns>
    public int Find(ReadOnlySpan<byte> key, int expected)
    {
        if (expected < _names.Count && key.SequenceEqual(_names[expected]))
        {
            return expected;
        }

        return _lookup.TryGetValue(key, out var column) ? column : -1;
    }

    public int Add(ReadOnlySpan<byte> key)
    {
        var name = key.ToArray();
        _numbers.Add(name, _names.Count);
        _names.Add(name);
        return _names.Count - 1;
    }

    /// <summary>Forgets the columns that were added last, by a record that cannot be loaded.</summary>
    public void Truncate(int count)
    {
        for (var column = _names.Count - 1; column >= count; column--)
        {
            _numbers.Remove(_names[column]);
            _names.RemoveAt(column);
        }
    }

    private sealed class Utf8KeyComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public static readonly Utf8KeyComparer Instance = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(byte[] obj) => GetHashCode(obj.AsSpan());

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            var hash = default(HashCode);
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}
