using System.Globalization;

namespace Etl.Loader.Fuzz;

/// <summary>What a run is asked for. Seed and number decide every byte of a file.</summary>
internal sealed record FuzzOptions
{
    public const string Usage = """
        infra/fuzz [--seed N] [--files N] [--file K] [--database] [--every N] [--why] [--write]
          --seed      of the files; default: a new one, printed
          --files     so many files; default 10000
          --file      only file K of the seed
          --database  load some files into a private PostgreSQL and a DuckDB file as well, and read them back
          --every     with --database: every n-th file; default 200
          --why       count what refusals of delimited text say, with the first file of each
          --write     write the result into docs/reliability.md
        """;

    public required int Seed { get; init; }

    public long Files { get; init; } = 10_000;

    /// <summary>Null: all.</summary>
    public long? Only { get; init; }

    /// <summary>0: none goes to a database.</summary>
    public long Every { get; init; }

    public bool Write { get; init; }

    /// <summary>Count what refusals say.</summary>
    public bool Why { get; init; }

    /// <summary>A file that takes longer hangs; far beyond what the slowest takes on a busy machine.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Where failing files are put.</summary>
    public string Findings { get; init; } = Path.GetFullPath(Path.Combine("artifacts", "fuzz"));

    /// <summary>Null when the arguments are not understood.</summary>
    public static FuzzOptions? Parse(string[] arguments)
    {
        var options = new FuzzOptions { Seed = Random.Shared.Next(1, 1_000_000) };
        for (var i = 0; i < arguments.Length; i++)
        {
            switch (arguments[i])
            {
                case "--write":
                    options = options with { Write = true };
                    continue;
                case "--why":
                    options = options with { Why = true };
                    continue;
                case "--database":
                    options = options with { Every = options.Every > 0 ? options.Every : 200 };
                    continue;
            }

            if (i + 1 >= arguments.Length || !long.TryParse(arguments[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                return null;
            }

            switch (arguments[i++])
            {
                case "--seed" when number <= int.MaxValue:
                    options = options with { Seed = (int)number };
                    break;
                case "--files":
                    options = options with { Files = number };
                    break;
                case "--file":
                    options = options with { Only = number };
                    break;
                case "--every" when number > 0:
                    options = options with { Every = number };
                    break;
                default:
                    return null;
            }
        }

        return options;
    }
}
