namespace Etl.Loader.Fuzz.Generation;

/// <summary>Lists with parts left out, so that a failing case can be made small.</summary>
internal static class Shrinking
{
    /// <summary>Without a half, a quarter, … and at last without single items.</summary>
    public static IEnumerable<IReadOnlyList<T>> Without<T>(IReadOnlyList<T> items, int least = 0)
    {
        for (var part = (items.Count + 1) / 2; part >= 1; part = part == 1 ? 0 : (part + 1) / 2)
        {
            for (var from = 0; from < items.Count; from += part)
            {
                T[] rest = [.. items.Take(from), .. items.Skip(from + part)];
                if (rest.Length >= least && rest.Length < items.Count)
                {
                    yield return rest;
                }
            }
        }
    }
}
