using System.Text;
using Etl.Loader.Fuzz.Oracle;
using Etl.Loader.Survey;

namespace Etl.Loader.Fuzz.Generation;

/// <summary>
/// A sound dataset with some bytes changed. No one planned what it now says: what is loaded must be what a slow reading by the settled
/// form finds in it.
/// </summary>
internal sealed record MutatedCase(string Kind, GeneratedDataset Sound, string Name, byte[] Bytes) : IFuzzCase
{
    private static readonly byte[] Sharp = [.. "\",;\t|\n\r\0\\' {}[]:x1"u8, 0xEB, 0xC3, 0xFF];

    public static MutatedCase Delimited(Dice dice)
    {
        var made = dice.Chance(0.5) ? DelimitedCases.Said(dice) : DelimitedCases.Found(dice);
        return Of("mutated, delimited", (made with { TypesAsText = false, Schema = new Dictionary<string, string>(), Compressed = null, Form = made.Form with { Formats = new() }, Said = Plain(made.Said) }).Render(), dice);
    }

    public static MutatedCase Json(Dice dice) => Of("mutated, json lines", (JsonCases.Sound(dice) with { Compressed = null, Encoding = "utf-8", TypesAsText = false }).Render(), dice);

    public static MutatedCase Compressed(Dice dice)
    {
        var made = DelimitedCases.Compressed(dice);
        return Of("mutated, compressed", (made with { TypesAsText = false, Schema = new Dictionary<string, string>(), Form = made.Form with { Formats = new() }, Said = Plain(made.Said) }).Render(), dice);
    }

    public static MutatedCase Parquet(Dice dice) => Of("mutated, parquet", ParquetCase.Make(dice).Render(), dice);

    public GeneratedDataset Render() => Sound with
    {
        Files = [new(Name, Bytes, [])],
        MayBeRefused = true,
        RejectsMax = 1_000_000,
        Expect = survey => survey.Format switch
        {
            DataFormat.Delimited => ReferenceTables.Delimited(Name, Bytes, survey, Sound.Scan.MaxRecordBytes),
            DataFormat.JsonLines => ReferenceTables.JsonLines(Name, Bytes, Sound.Json.MaxLine),

            // Nothing in the file distinguishes a changed value from another one.
            _ => null,
        },
    };

    public IEnumerable<IFuzzCase> Smaller() => Bytes.Length > 20_000 ? [] : Shrinking.Without(Bytes, 1).Select(bytes => this with { Bytes = [.. bytes] });

    private static MutatedCase Of(string kind, GeneratedDataset sound, Dice dice)
    {
        var bytes = sound.Files[0].Bytes.ToList();
        for (var edits = dice.Int(1, 5); edits > 0 && bytes.Count > 0; edits--)
        {
            var at = dice.Int(0, bytes.Count - 1);
            switch (dice.Int(0, 5))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << dice.Int(0, 7));
                    break;
                case 1:
                    bytes[at] = dice.One(Sharp);
                    break;
                case 2:
                    bytes.Insert(at, dice.One(Sharp));
                    break;
                case 3:
                    bytes.RemoveRange(at, Math.Min(bytes.Count - at, dice.Int(1, 4)));
                    break;
                case 4:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(bytes.Count - at, dice.Int(1, 40))));
                    break;
                default:
                    if (dice.Chance(0.2))
                    {
                        bytes.RemoveRange(at, bytes.Count - at);
                    }

                    break;
            }
        }

        return new(kind, sound, sound.Files[0].Name, [.. bytes]);
    }

    private static DialectSpec? Plain(DialectSpec? said) => said is null ? null : said with { Decimal = null, Date = null, Timestamp = null };
}
