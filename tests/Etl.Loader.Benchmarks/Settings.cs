using System.Globalization;

namespace Etl.Loader.Benchmarks;

/// <summary>What the command line asks for.</summary>
internal sealed record Settings
{
    public static string Usage =>
        $"""
        usage: infra/bench [all|{string.Join('|', Measurements.All.Select(m => m.Name))}]… [OPTION]…

          --rows N          rows of the large table; 8,000,000 make 1.0 GB (default)
          --repeat N        repetitions, of which the median is taken (default 5)
          --throttled-gb N  size of the file behind the throttled source (default 20)
          --quick           tiny sizes, each measurement once, two at a time: shows that all of them run, in some minutes
          --write           also writes docs/benchmarks.md; lines of measurements that were not chosen stay

        Files and clusters lie in TMPDIR. At the default sizes that needs 50 GB free and about an hour and a half.
        """;

    /// <summary>Names of measurements.</summary>
    public required IReadOnlySet<string> Chosen { get; init; }

    public long Rows { get; private init; } = 8_000_000;

    public int Repeat { get; private init; } = 5;

    /// <summary>Of the file behind the throttled source, in units of 10⁹ bytes.</summary>
    public double ThrottledGigabytes { get; private init; } = 20;

    /// <summary>Everything small and short: the figures mean nothing.</summary>
    public bool Quick { get; private init; }

    /// <summary>Also to docs/benchmarks.md.</summary>
    public bool Write { get; private init; }

    /// <summary>Null for a line that is not understood.</summary>
    public static Settings? Parse(IReadOnlyList<string> arguments)
    {
        var known = Measurements.All.Select(m => m.Name).ToHashSet(StringComparer.Ordinal);
        var chosen = new HashSet<string>(StringComparer.Ordinal);
        var settings = arguments.Contains("--quick")
            ? new Settings { Chosen = chosen, Rows = 20_000, Repeat = 1, ThrottledGigabytes = 0.01, Quick = true }
            : new Settings { Chosen = chosen };
        for (var i = 0; i < arguments.Count; i++)
        {
            switch (arguments[i])
            {
                case "--quick":
                    break;
                case "--write":
                    settings = settings with { Write = true };
                    break;
                case "--rows" when Value(arguments.ElementAtOrDefault(++i)) is >= 1 and var rows:
                    settings = settings with { Rows = (long)rows };
                    break;
                case "--repeat" when Value(arguments.ElementAtOrDefault(++i)) is >= 1 and var repeat:
                    settings = settings with { Repeat = (int)repeat };
                    break;
                case "--throttled-gb" when Value(arguments.ElementAtOrDefault(++i)) is > 0 and var gigabytes:
                    settings = settings with { ThrottledGigabytes = gigabytes };
                    break;
                case "all":
                    chosen.UnionWith(known);
                    break;
                case var name when known.Contains(name):
                    chosen.Add(name);
                    break;
                default:
                    return null;
            }
        }

        if (chosen.Count == 0)
        {
            chosen.UnionWith(known);
        }

        // Figures of tiny sizes mean nothing and must not stand on the page.
        return settings is { Quick: true, Write: true } ? null : settings;
    }

    private static double Value(string? text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) ? value : 0;
}
