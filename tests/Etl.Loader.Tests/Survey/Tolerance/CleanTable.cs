using System.Globalization;

namespace Etl.Loader.Tests.Survey.Tolerance;

/// <summary>A table as its producer means it; null is a missing value. Made from a seed, so that every run has the same.</summary>
internal sealed record CleanTable(string Name, string[] Columns, IReadOnlyList<string?[]> Rows)
{
    private static readonly string[] Products = ["Kettle", "Desk lamp", "Garden hose, 20 m", "Nail 6\" zinc", "Eco \"Green\" bottle, large", "Chair", "Paper, A4", "Tape"];
    private static readonly string[] Kinds = ["Home", "Garden", "Office", "Tools"];
    private static readonly string?[] Remarks = [null, "none so far", "ask for Anna", "late, see order", "was \"lost\" in May", "it's fine", null, "second try"];
    private static readonly string[] People = ["Zoë Müller", "Renée Dupont", "Łukasz Nowak", "José García", "Anna Rossi", "Björn Åkesson", "Mary O'Neil", "Jan de Vries", "Eve Black", "Tom Smith"];
    private static readonly string[] Cities = ["Zürich", "Genève", "Łódź", "León", "Roma", "Malmö", "Cork", "Gent"];
    private static readonly string[] Greek = ["Αθήνα", "Πάτρα", "Βόλος", "Χανιά", "Κως"];
    private static readonly string[] Chinese = ["北京", "上海", "广州", "深圳"];

    /// <summary>The tables that every pollution is tried on.</summary>
    public static IReadOnlyList<CleanTable> All(int seed) =>
        [Orders(seed, 84), People_(seed, 40), Notes(seed, 30), Numbers(seed, 25), Words(seed, 30), Wide(seed, 20), Scripts(seed, 30), Pairs(seed, 24), Keyed(seed, 50)];

    /// <summary>Typed columns beside texts with commas, quotes and blanks: the shape of most deliveries.</summary>
    public static CleanTable Orders(int seed, int rows) => new(
        "orders",
        ["DATE", "TIME", "Qty", "PRODUCTID", "Price", "ProductType", "ProductDescription", "URL", "Comments"],
        Make(seed, rows, (random, row) =>
        [
            new DateOnly(2018, 1, 1).AddDays(row * 3).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            new TimeOnly(random.Next(24), random.Next(60), random.Next(60)).ToString("HH:mm:ss", CultureInfo.InvariantCulture),
            Number(random.Next(1, 200)),
            $"P-{random.Next(1000, 9999)}",
            (random.Next(100, 99999) / 100m).ToString("0.00", CultureInfo.InvariantCulture),
            Pick(random, Kinds),
            Pick(random, Products),
            $"http://shop.example.com/p?id={random.Next(10000)}",
            Pick(random, Remarks),
        ]));

    /// <summary>Nothing but texts.</summary>
    public static CleanTable People_(int seed, int rows) => new(
        "people",
        ["name", "city", "country", "email"],
        Make(seed, rows, (random, row) => [Pick(random, People), Pick(random, Cities), Pick(random, "CH", "FR", "PL", "ES", "IT"), $"user{row}@example.com"]));

    /// <summary>Quotes, commas and line breaks inside fields.</summary>
    public static CleanTable Notes(int seed, int rows) => new(
        "notes",
        ["id", "author", "note"],
        Make(seed, rows, (random, row) =>
        [
            Number(row + 1), Pick(random, People),
            Pick(random, "first line\nsecond line", "said \"yes\"", "one, two, three", "plain", "\"quoted\"", "ends with comma,", null, "a\n\nb"),
        ]));

    public static CleanTable Numbers(int seed, int rows) => new("numbers", ["measure"], Make(seed, rows, (random, _) => [Number(random.Next(1000))]));

    public static CleanTable Words(int seed, int rows) => new("words", ["name"], Make(seed, rows, (random, _) => [Pick(random, People)]));

    public static CleanTable Wide(int seed, int rows) => new(
        "wide",
        [.. Enumerable.Range(1, 60).Select(i => $"sensor_{i}")],
        Make(seed, rows, (random, _) => [.. Enumerable.Range(0, 60).Select(i => i % 7 == 3 ? Pick(random, "ok", "low", "high") : Number(random.Next(-500, 500)))]));

    public static CleanTable Scripts(int seed, int rows) => new(
        "scripts",
        ["код", "πόλη", "城市", "značka"],
        Make(seed, rows, (random, row) => [Number(row), Pick(random, Greek), Pick(random, Chinese), Pick(random, "čaj", "řeka", "žába", null)]));

    public static CleanTable Pairs(int seed, int rows) => new(
        "pairs", ["key", "value"], Make(seed, rows, (random, row) => [$"key {row}", Pick(random, Cities)]));

    /// <summary>Decimal numbers, nulls and booleans.</summary>
    public static CleanTable Keyed(int seed, int rows) => new(
        "keyed",
        ["account_id", "balance", "active", "opened_at"],
        Make(seed, rows, (random, row) =>
        [
            Number(100000 + row * 17),
            random.Next(5) == 0 ? null : (random.Next(-100000, 100000) / 10m).ToString("0.0", CultureInfo.InvariantCulture),
            random.Next(2) == 0 ? "true" : "false",
            new DateTime(2020, 1, 1).AddMinutes(random.Next(1_000_000)).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
        ]));

    private static string?[][] Make(int seed, int rows, Func<Random, int, string?[]> row)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, rows).Select(i => row(random, i))];
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string? Pick(Random random, params string?[] items) => items[random.Next(items.Length)];
}
