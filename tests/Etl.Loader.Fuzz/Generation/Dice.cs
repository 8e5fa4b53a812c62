namespace Etl.Loader.Fuzz.Generation;

/// <summary>The chances of one generated file: the same for one seed and number on every machine.</summary>
internal sealed class Dice(int seed)
{
    private readonly Random _random = new(seed);

    /// <param name="seed">Of the campaign.</param>
    /// <param name="number">Of the file, from 0.</param>
    public static Dice Of(int seed, long number)
    {
        // Neighbours must not have anything in common.
        var mixed = unchecked((ulong)seed * 0x9E3779B97F4A7C15UL + (ulong)number * 0xBF58476D1CE4E5B9UL);
        mixed = unchecked((mixed ^ (mixed >> 31)) * 0x94D049BB133111EBUL);
        return new((int)((mixed ^ (mixed >> 29)) & int.MaxValue));
    }

    /// <summary>Dice of their own for one part, so that leaving out another part changes nothing in it.</summary>
    public Dice Fork() => new(_random.Next());

    public bool Chance(double part) => _random.NextDouble() < part;

    /// <summary>Both ends included.</summary>
    public int Int(int from, int to) => _random.Next(from, to + 1);

    public long Long(long from, long to) => _random.NextInt64(from, to);

    public T One<T>(params ReadOnlySpan<T> items) => items[_random.Next(items.Length)];

    public T[] Shuffle<T>(IEnumerable<T> items)
    {
        var all = items.ToArray();
        _random.Shuffle(all);
        return all;
    }

    /// <summary>So many digits, the first of them not zero.</summary>
    public string Digits(int count) =>
        string.Create(count, _random, static (digits, random) =>
        {
            for (var i = 0; i < digits.Length; i++)
            {
                digits[i] = (char)('0' + random.Next(i == 0 ? 1 : 0, 10));
            }
        });

    public byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        _random.NextBytes(bytes);
        return bytes;
    }
}
