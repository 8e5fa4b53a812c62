using System.Text;
using Etl.Loader.Survey;

namespace Etl.Loader.Fuzz.Generation.Kinds;

/// <summary>Short rows are to be padded: those that end early are, those that lack a delimiter in their middle are damaged.</summary>
internal static class ShiftedRows
{
    public static KindCase Make(Dice dice)
    {
        // Numbers and words in turn, so that no value fits where its neighbour belongs.
        var columns = dice.Int(3, 6);
        var numbers = dice.Int(0, 1);
        var rows = new List<string?[]>();
        var rejected = new List<ExpectedRecord>();
        var names = Enumerable.Range(0, columns).Select(i => $"{(i % 2 == numbers ? "n" : "word")}{i}").ToList();
        var text = new StringBuilder(KindTable.Line(names) + "\n");
        var count = dice.Int(8, 40);
        for (var i = 0; i < count; i++)
        {
            var cells = Enumerable.Range(0, columns).Select(column => column % 2 == numbers ? KindTable.Number(dice.Int(1, 999)) : dice.One(KindTable.Things)).ToList();
            // A short last row may be a footer or torn: that is asked about.
            var fate = i < 4 || i == count - 1 ? 0 : dice.Int(0, 8);
            if (fate == 4)
            {
                cells = cells[..dice.Int(1, columns - 1)];
                rows.Add([.. cells, .. new string?[columns - cells.Count]]);
            }
            else if (fate == 5)
            {
                var at = dice.Int(0, columns - 2);
                var line = KindTable.Line([.. cells.Take(at), cells[at] + cells[at + 1], .. cells.Skip(at + 2)]) + "\n";
                rejected.Add(new("data.csv", i + 2, text.Length, line.Length, null, "field"));
                text.Append(line);
                continue;
            }
            else
            {
                rows.Add([.. cells]);
            }

            text.Append(KindTable.Line(cells)).Append('\n');
        }

        return KindCase.Loaded("padded rows that shift", text.ToString(), names, rows) with { Ragged = RaggedRows.Pad, Rejected = rejected };
    }
}
