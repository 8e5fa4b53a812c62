using System.Globalization;

namespace Etl.Loader.Chaos;

/// <summary>What a run is asked for. The seed decides the order of faults and every delivery.</summary>
internal sealed record CampaignOptions
{
    public const string Usage = """
        infra/chaos [--seed N] [--faults N] [--minutes M] [--factor N] [--only KIND[,KIND]] [--write]
          --seed     order of faults and contents of deliveries; default: a new one, printed
          --faults   stop after so many faults; default 60
          --minutes  stop injecting after so many minutes; default 10
          --factor   divide the product's time-outs by this; default 4
          --only     inject only these kinds
          --write    write the result into docs/reliability.md
        """;

    public required int Seed { get; init; }

    public int Faults { get; init; } = 60;

    public TimeSpan Length { get; init; } = TimeSpan.FromMinutes(10);

    public double Factor { get; init; } = 4;

    public IReadOnlyList<string> Only { get; init; } = [];

    public bool Write { get; init; }

    /// <summary>Null when the arguments are not understood.</summary>
    public static CampaignOptions? Parse(string[] arguments)
    {
        var options = new CampaignOptions { Seed = Random.Shared.Next(1, 1_000_000) };
        for (var i = 0; i < arguments.Length; i++)
        {
            if (arguments[i] == "--write")
            {
                options = options with { Write = true };
                continue;
            }

            if (i + 1 >= arguments.Length)
            {
                return null;
            }

            var value = arguments[++i];
            if (arguments[i - 1] == "--only")
            {
                options = options with { Only = value.Split(',', StringSplitOptions.TrimEntries) };
                continue;
            }

            if (!double.TryParse(value, CultureInfo.InvariantCulture, out var number) || number <= 0)
            {
                return null;
            }

            switch (arguments[i - 1])
            {
                case "--seed":
                    options = options with { Seed = (int)number };
                    break;
                case "--faults":
                    options = options with { Faults = (int)number };
                    break;
                case "--minutes":
                    options = options with { Length = TimeSpan.FromMinutes(number) };
                    break;
                case "--factor":
                    options = options with { Factor = number };
                    break;
                default:
                    return null;
            }
        }

        return options;
    }

    /// <summary>One of the product's time-outs, shortened.</summary>
    public TimeSpan Shortened(double seconds) => TimeSpan.FromSeconds(seconds / Factor);
}
