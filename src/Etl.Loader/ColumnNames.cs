using System.Globalization;

namespace Etl.Loader;

/// <summary>
/// Gives each column a name that no other one has: the name itself, or with the first free number from 2 on. Numbers are counted on for each
/// beginning that they are added to, so that no number is tried twice, however many names end in one already.
/// </summary>
internal sealed class ColumnNames
{
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);

    /// <summary>The next number to try behind a beginning, for numbers of so many digits.</summary>
    private readonly Dictionary<(string Beginning, int Digits), int> _next = [];

    public string Take(string stem)
    {
        stem = Naming.Shorten(stem, Naming.MaxBytes);
        if (_taken.Add(stem))
        {
            return stem;
        }

        for (int digits = 1, first = 2, end = 10; ; digits++, first = end, end *= 10)
        {
            // The longer the number, the less of the name is left.
            var beginning = Naming.Shorten(stem, Naming.MaxBytes - 1 - digits);
            for (var number = _next.GetValueOrDefault((beginning, digits), first); number < end; number++)
            {
                var name = beginning + "_" + number.ToString(CultureInfo.InvariantCulture);
                if (_taken.Add(name))
                {
                    _next[(beginning, digits)] = number + 1;
                    return name;
                }
            }

            _next[(beginning, digits)] = end;
        }
    }
}
