using System.Globalization;

namespace Etl.Loader.Chaos;

/// <summary>What a run is asked for. The seeds decide the order of faults and every delivery.</summary>
internal sealed record CampaignOptions
{
    public const string Usage = """
        infra/chaos [--seed N[,N…]] [--faults N] [--minutes M] [--round N] [--together N] [--factor N] [--only KIND[,KIND]] [--product DIR] [--old DIR] [--write] [--crash-points]
          --seed     order of faults and contents of deliveries; each of several gets its share of the faults; "new" is one made up and printed; default: new
          --faults   stop after so many faults; default 60
          --minutes  stop injecting after so many minutes; default: no limit
          --round    compare everything after so many faults, and go on; default 50
          --together inject so many one after the other before waiting for the recovery, which is then measured for all from each one to the end; default 1
          --factor   divide the product's time-outs by this; default 8
          --only     inject only these kinds; with --crash-points: only points whose names contain one of these
          --product  directory of the executable to break, such as an unpacked release; default: the one built with the campaign
          --old      directory of an older version's executable: watchers and loaders are of it at first, what replaces them is not, as in a rolling upgrade
          --write    write the result into docs/reliability.md, after each round
          --crash-points
                     instead: have a process die before each named SQL statement that writes, in turn
        """;

    public required IReadOnlyList<int> Seeds { get; init; }

    public int Faults { get; init; } = 60;

    public TimeSpan Length { get; init; } = TimeSpan.MaxValue;

    public int Round { get; init; } = 50;

    public int Together { get; init; } = 1;

    public double Factor { get; init; } = 8;

    public IReadOnlyList<string> Only { get; init; } = [];

    /// <summary>Directory of the executable that is started and broken.</summary>
    public string Product { get; init; } = AppContext.BaseDirectory;

    /// <summary>Directory of the older executable with which the installation begins; null: it begins with the other.</summary>
    public string? Old { get; init; }

    public bool Write { get; init; }

    public bool CrashPoints { get; init; }

    /// <summary>The product's own sizes decide what is loaded in chunks, instead of such that a few megabytes are; and the warehouse is on no small disk.</summary>
    public bool OwnSizes { get; init; }

    /// <summary>Watchers and loaders, each.</summary>
    public int Processes => CrashPoints ? 1 : 2;

    /// <summary>As the option takes them.</summary>
    public string SeedText => string.Join(',', Seeds);

    /// <summary>Null when the arguments are not understood.</summary>
    public static CampaignOptions? Parse(string[] arguments)
    {
        var options = new CampaignOptions { Seeds = [NewSeed()] };
        for (var i = 0; i < arguments.Length; i++)
        {
            if (arguments[i] == "--write")
            {
                options = options with { Write = true };
            }
            else if (arguments[i] == "--crash-points")
            {
                options = options with { CrashPoints = true };
            }
            else if (i + 1 < arguments.Length && options.With(arguments[i], arguments[i + 1]) is { } more)
            {
                options = more;
                i++;
            }
            else
            {
                return null;
            }
        }

        return options;
    }

    /// <summary>One of the product's time-outs, shortened.</summary>
    public TimeSpan Shortened(double seconds) => TimeSpan.FromSeconds(seconds / Factor);

    private static int NewSeed() => Random.Shared.Next(1, 1_000_000);

    private static bool IsProduct(string directory) => File.Exists(Path.Combine(directory, "etl-loader"));

    private CampaignOptions? With(string option, string value)
    {
        var several = value.Split(',', StringSplitOptions.TrimEntries);
        var number = double.TryParse(value, CultureInfo.InvariantCulture, out var parsed) && parsed > 0 ? parsed : (double?)null;
        return (option, number) switch
        {
            ("--only", _) => this with { Only = several },
            ("--product", _) => IsProduct(value) ? this with { Product = Path.GetFullPath(value) } : null,
            ("--old", _) => IsProduct(value) ? this with { Old = Path.GetFullPath(value) } : null,
            ("--seed", _) => several.All(s => s == "new" || (int.TryParse(s, CultureInfo.InvariantCulture, out var seed) && seed > 0))
                ? this with { Seeds = [.. several.Select(s => s == "new" ? NewSeed() : int.Parse(s, CultureInfo.InvariantCulture))] }
                : null,
            ("--faults", { } faults) => this with { Faults = (int)faults },
            ("--round", { } faults) => this with { Round = (int)faults },
            ("--together", { } faults) => this with { Together = (int)faults },
            ("--minutes", { } minutes) => this with { Length = TimeSpan.FromMinutes(minutes) },
            ("--factor", { } factor) => this with { Factor = factor },
            _ => null,
        };
    }
}
