using Etl.Loader.Fuzz.Generation.Kinds;

namespace Etl.Loader.Fuzz.Generation;

/// <summary>How often each kind of case is made, beside the others.</summary>
internal static class Mix
{
    private static readonly (int Share, Func<Dice, IFuzzCase> Make)[] Kinds =
    [
        (250, DelimitedCases.Said), (180, DelimitedCases.Damaged), (200, DelimitedCases.Found), (50, DelimitedCases.FoundDamaged), (60, DelimitedCases.Several),
        (40, DelimitedCases.Compressed), (80, JsonCases.Sound), (40, JsonCases.Damaged), (10, ParquetCase.Make), (60, MutatedCase.Delimited), (18, MutatedCase.Json),
        (10, MutatedCase.Compressed), (2, MutatedCase.Parquet), (150, DoubtfulKinds.Any), (10, BeyondDeclaration.Make),
    ];

    /// <summary>The file of that number of the campaign of that seed.</summary>
    public static IFuzzCase Case(int seed, long number)
    {
        var dice = Dice.Of(seed, number);
        var place = dice.Int(0, Kinds.Sum(kind => kind.Share) - 1);
        foreach (var (share, make) in Kinds)
        {
            if (place < share)
            {
                return make(dice);
            }

            place -= share;
        }

        throw new InvalidOperationException("The shares do not add up.");
    }
}
