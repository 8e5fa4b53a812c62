using System.Globalization;

namespace Etl.Loader.Fuzz.Generation.Kinds;

/// <summary>A plain table whose names and values show what each column is.</summary>
internal sealed record KindTable(IReadOnlyList<string> Names, IReadOnlyList<string[]> Rows)
{
    public static readonly string[] Things = ["Kettle", "Lamp", "Chair", "Tape", "Bottle", "Hose", "Paper", "Nail", "Table", "Brush", "Cup", "Plate"];
    public static readonly string[] Towns = ["Bern", "Riga", "Rome", "Cork", "Gent", "Lyon", "Oslo", "Turin", "Malaga", "Porto"];
    public static readonly string[] People = ["Anna", "Bob", "Carla", "Dan", "Eva", "Frank", "Gina", "Hugo", "Ines", "Jan"];

    private static readonly (string Name, Func<Dice, int, string> Value)[] Columns =
    [
        ("product", (dice, _) => dice.One(Things)), ("qty", (dice, _) => Number(dice.Int(1, 90))), ("city", (dice, _) => dice.One(Towns)),
        ("price", (dice, _) => $"{Number(dice.Int(1, 400))}.{dice.Digits(2)}"), ("name", (dice, _) => dice.One(People)),
        ("date", (dice, _) => $"2026-{dice.Int(1, 12):00}-{dice.Int(1, 28):00}"), ("weight", (dice, _) => $"{Number(dice.Int(0, 9))}.{dice.Int(1, 9)}"),
    ];

    /// <summary>A number in each row, counting up, and some of the columns in any order.</summary>
    public static KindTable Make(Dice dice, int least = 3, int rows = 0)
    {
        var columns = dice.Shuffle(Columns).Take(dice.Int(least - 1, Columns.Length)).ToList();
        rows = rows > 0 ? rows : dice.Int(5, 30);
        return new(["id", .. columns.Select(column => column.Name)], [.. Enumerable.Range(1, rows).Select(i => (string[])[Number(i), .. columns.Select(column => column.Value(dice, i))])]);
    }

    public string Text(string delimiter = ",", string end = "\n") => Line(Names, delimiter) + end + string.Concat(Rows.Select(row => Line(row, delimiter) + end));

    public static string Line(IEnumerable<string> cells, string delimiter = ",") => string.Join(delimiter, cells);

    public static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
