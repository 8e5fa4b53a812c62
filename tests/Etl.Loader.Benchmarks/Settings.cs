using System.Globalization;

namespace Etl.Loader.Benchmarks;

/// <summary>What the command line asks for.</summary>
/// <param name="Chosen">Names of measurements.</param>
/// <param name="Rows">Rows of the large table; 8,000,000 make 1.0 GB.</param>
/// <param name="Repeat">Pairs of which the median is taken.</param>
/// <param name="Write">Also to docs/benchmarks.md.</param>
internal sealed record Settings(IReadOnlySet<string> Chosen, long Rows, int Repeat, bool Write)
{
    public static string Usage => $"usage: infra/bench [all|{string.Join('|', Measurements.All.Select(m => m.Name))}]… [--rows N] [--repeat N] [--write]";

    /// <summary>Null for a line that is not understood.</summary>
    public static Settings? Parse(string[] arguments)
    {
        var known = Measurements.All.Select(m => m.Name).ToHashSet(StringComparer.Ordinal);
        var chosen = new HashSet<string>(StringComparer.Ordinal);
        var settings = new Settings(chosen, 8_000_000, 3, Write: false);
        for (var i = 0; i < arguments.Length; i++)
        {
            switch (arguments[i])
            {
                case "--write":
                    settings = settings with { Write = true };
                    break;
                case "--rows" when i + 1 < arguments.Length && long.TryParse(arguments[++i], NumberStyles.None, CultureInfo.InvariantCulture, out var rows):
                    settings = settings with { Rows = rows };
                    break;
                case "--repeat" when i + 1 < arguments.Length && int.TryParse(arguments[++i], NumberStyles.None, CultureInfo.InvariantCulture, out var repeat) && repeat > 0:
                    settings = settings with { Repeat = repeat };
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

        return settings;
    }
}
