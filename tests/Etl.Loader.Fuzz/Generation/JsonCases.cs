using System.Globalization;
using System.Text;

namespace Etl.Loader.Fuzz.Generation;

/// <summary>Makes JSON lines up: missing keys, any order of keys, escapes, large numbers, nesting.</summary>
internal static class JsonCases
{
    private static readonly string[] Keys = ["id", "name", "größe", "a b", "x.y", "Ключ", "", "the \"key\"", "emoji 😀", "Amount", "amount"];

    /// <summary>Lines that are not records, whatever the lines around them are.</summary>
    private static readonly byte[][] Broken =
    [
        Utf8("{\"a\":1"), Utf8("{\"a\":1}}"), Utf8("{\"a\":01}"), Utf8("{\"a\":1,\"a\":2}"), Utf8("{\"a\":\"\\u0000\"}"), Utf8("{\"a\":\"\\ud800\"}"), Utf8("{\"a\":\"\\udc00\\ud800\"}"),
        Utf8("[1,2]"), Utf8("1"), Utf8("null"), Utf8("\"text\""), Utf8("{'a':1}"), Utf8("{\"a\":NaN}"), Utf8("{\"a\":1,}"), Utf8("{\"a\":{\"b\":1,\"b\":2}}"), Utf8("{\"a\":[{\"b\":\"\\u0000\"}]}"),
        Utf8("{\"new key\":tru}"), Utf8("nonsense"), Utf8("{\"a\":\"tab\there\"}"), Utf8("{\"a\":\"\\x\"}"), [.. Utf8("{\"a\":\""), 0xFF, .. Utf8("\"}")], [.. Utf8("{\"a\":\""), 0, .. Utf8("\"}")],
        Utf8("{\"a\":1} {\"b\":2}"), Utf8("{\"a\":.5}"), Utf8("{\"a\":+1}"), Utf8("{\"a\":[1e99999]}"), Utf8("{\"a\":1e}"),
    ];

    public static JsonCase Sound(Dice dice)
    {
        var keys = dice.Shuffle(Keys).Take(dice.Int(1, 7)).ToArray();
        var sources = keys.Select(_ => Source(dice)).ToArray();
        var (present, moved) = (dice.One(1.0, 1.0, 0.9, 0.5), dice.Chance(0.2));
        var rows = Enumerable.Range(0, dice.Int(1, 30)).Select(_ =>
        {
            var fields = keys.Select((key, i) => (key, sources[i]())).Where(_ => dice.Chance(present)).ToArray();
            return new JsonRow(moved ? dice.Shuffle(fields) : fields);
        }).ToList();
        return new()
        {
            Kind = "json lines",
            Rows = rows,
            Seed = dice.Int(0, int.MaxValue - 1),
            Limits = new(Buffer: dice.One(16, 64, 1000, 100_000), Chunk: dice.One(1, 100, 1000, 1_000_000), Batch: dice.One(1, 100, 10_000)),
            LineEnd = dice.One("\n", "\n", "\r\n"),
            FinalLineEnd = dice.Chance(0.8),
            Mark = dice.Chance(0.1),
            BlankLines = dice.Chance(0.1),
            Encoding = dice.One("utf-8", "utf-8", "utf-8", "utf-8", "utf-8", "utf-8", "utf-16le", "utf-16be"),
            Compressed = dice.One(null, null, null, null, ".gz", ".zst"),
            TypesAsText = dice.Chance(0.1),
        };
    }

    public static JsonCase Damaged(Dice dice)
    {
        var made = Sound(dice);
        var part = dice.One(0.05, 0.3);
        return made with
        {
            Kind = "json lines, damaged",
            Encoding = "utf-8",
            Limits = dice.Chance(0.2) ? made.Limits with { MaxLine = dice.Int(20, 200) } : made.Limits,
            Rows = [.. made.Rows.Select((row, i) => i > 0 && dice.Chance(part) ? row with { Broken = dice.One(Broken), Fields = [] } : row)],
        };
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    /// <summary>One key's values: mostly of one kind, sometimes mixed.</summary>
    private static Func<JsonCell> Source(Dice dice)
    {
        var (main, other, mixed, nulls) = (OneKind(dice), OneKind(dice), dice.Chance(0.15) ? dice.One(0.05, 0.5) : 0, dice.One(0, 0, 0.1, 1));
        return () => dice.Chance(nulls) ? JsonCell.Null : dice.Chance(mixed) ? other() : main();
    }

    private static Func<JsonCell> OneKind(Dice dice)
    {
        var (text, any, escapes) = (Texts.Column(dice, western: false, sharp: true), Intents.Any(dice, new(), () => dice.One("a", "b/c")), dice.One(0, 0, 0.1, 0.5));
        var (digits, scale) = (dice.One(1, 5, 18, 19, 25, 60), dice.One(0, 0, 2, 10));
        return dice.Int(0, 6) switch
        {
            0 or 1 => () => JsonCell.Of(text(), dice, escapes),
            2 => () => JsonCell.Of(any(), dice, escapes),
            3 => () => JsonCell.Plain(JsonKind.Boolean, dice.One("true", "false")),
            4 => () => Nested(dice),
            5 => () => JsonCell.Plain(JsonKind.Number, dice.One("1e5", "-1.5E-3", "0", "-0", "0.10", "1E+2", "12")),
            _ => () => JsonCell.Plain(JsonKind.Number, (dice.Chance(0.2) ? "-" : "") + dice.Digits(dice.Int(1, digits)) + (scale > 0 ? "." + dice.Digits(dice.Int(1, scale)) : "")),
        };
    }

    private static JsonCell Nested(Dice dice) => JsonCell.Plain(JsonKind.Nested, Value(dice, dice.Chance(0.02) ? 60 : 3, top: true));

    private static string Value(Dice dice, int depth, bool top = false)
    {
        var kind = top ? dice.Int(0, 1) : depth == 0 ? dice.Int(2, 5) : dice.Int(0, 5);
        var width = depth > 10 ? 1 : dice.Int(0, 3);
        return kind switch
        {
            0 => "[" + string.Join(dice.One(",", ", "), Enumerable.Range(0, width).Select(_ => Value(dice, depth - 1))) + "]",
            1 => "{" + string.Join(",", Enumerable.Range(0, width).Select(i => JsonCell.Of(dice.One("k", "ä", "x y") + i, dice, 0.05).Token + ":" + Value(dice, depth - 1))) + "}",
            2 => dice.Long(-1000, 1_000_000_000_000).ToString(CultureInfo.InvariantCulture),
            3 => dice.One("1.50", "1e3", "-0.001", "12345678901234567890123", "0"),
            4 => JsonCell.Of(Texts.Column(dice, false, true)(), dice, 0.05).Token,
            _ => dice.One("true", "false", "null"),
        };
    }
}
