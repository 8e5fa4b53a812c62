using System.Text;

namespace Etl.Loader.Tests.Costs;

/// <summary>Texts of about so many bytes that someone writes to keep a loader busy.</summary>
internal static class Adversary
{
    /// <summary>Delimited texts: each a shape that some loop over records, fields, quotes or lines could go through more than once.</summary>
    public static IReadOnlyDictionary<string, Func<int, string>> Texts { get; } = new Dictionary<string, Func<int, string>>
    {
        ["columns"] = n => Repeat(n / 16, i => $"c{i}", ",") + "\n" + Repeat(n / 16, i => $"{i}", ",") + "\n",
        ["columns of one name"] = n => Repeat(n / 8, _ => "id", ",") + "\n" + Repeat(n / 8, i => $"{i}", ",") + "\n",
        ["a wide line among narrow ones"] = n => "'a','b'\n" + Repeat(n / 10, _ => "'x'", ",") + "\n" + Repeat(n / 16, _ => "'y'", "\n") + "\n",
        ["a wide line of blanks"] = n => "a b\n" + new string(' ', n / 2) + "\n" + Repeat(n / 8, _ => "1 2", "\n") + "\n",
        ["quotes never closed"] = n => "id,t\n" + Repeat(n / 6, i => $"{i % 10},\"x", "\n"),
        ["a quote that is never closed"] = n => "id,t\n1,\"" + new string('x', n),
        ["doubled quotes in rows"] = n => "id,t\n" + Repeat(n / 12, _ => "1,\"a\"\"\"\"b\"", "\n") + "\n",
        ["nothing but quotes"] = n => "id,t\n1," + new string('"', n / 2 * 2) + "\n",
        ["backslashes"] = n => "id,t\n1,\"" + new string('\\', n / 2 * 2) + "\"\n2,\"\\\"\"\n",
        ["apostrophes"] = n => "id,t\n" + Repeat(n / 8, _ => "1,'it''s", "\n") + "\n",
        ["fields of several lines in one record"] = n => "a,b\n1," + Repeat(n / 12, _ => "\"x\ny,z\"", " ") + "\n" + Repeat(200, _ => "1,2", "\n") + "\n",
        ["many quoted fields of several lines"] = n => Repeat(n / 40, i => $"c{i}", ",") + "\n" + Repeat(n / 40, _ => "\"x\ny\"", ",") + "\n" + Repeat(n / 40, _ => "\"u\nv\"", ",") + "\n",
        ["every delimiter"] = n => "a,b;c\td|e^f~g\n" + Repeat(n / 14, _ => "1,2;3\t4|5^6~7", "\n") + "\n",
        ["remarks"] = n => "id,v\n" + Repeat(n / 6, _ => "# a,b", "\n") + "\n1,2\n",
        ["blank lines"] = n => "id,v\n" + new string('\n', n / 2) + Repeat(n / 8, _ => "1,2", "\n\n") + "\n",
        ["returns alone"] = n => "id,v\r" + Repeat(n / 4, _ => "1,2", "\r") + "\r",
        ["digits"] = n => "id,v\n1," + new string('9', n) + "\n2," + new string('1', n / 2) + "." + new string('0', n / 2) + "\n",
        ["inches"] = n => "id,v\n" + Repeat(n / 12, _ => "1,x 1/1.1\"", "\n") + "\n1," + new string('1', n / 2) + "\n",
        ["damaged rows"] = n => "id,v\n" + Repeat(n / 8, i => i % 2 == 0 ? "1,2" : "1,2,3", "\n") + "\n",
        ["texts of dates"] = n => "id,v\n" + Repeat(n / 28, i => $"1,2026-01-01 10:00:00+{i % 24:00}", "\n") + "\n",
    };

    public static IReadOnlyDictionary<string, Func<int, string>> Json { get; } = new Dictionary<string, Func<int, string>>
    {
        ["keys"] = n => "{" + Repeat(n / 16, i => $"\"k{i}\":1", ",") + "}\n",
        ["keys of an object inside"] = n => "{\"a\":{" + Repeat(n / 16, i => $"\"k{i}\":1", ",") + "}}\n",
        ["one key many times inside"] = n => "{\"a\":{" + Repeat(n / 8, _ => "\"k\":1", ",") + "}}\n",
        ["nesting"] = n => Repeat(n / 1100, _ => "{\"a\":" + string.Concat(Enumerable.Repeat("[", 250)) + string.Concat(Enumerable.Repeat("]", 250)) + "}", "\n") + "\n",
        ["too much nesting"] = n => "{\"a\":" + new string('[', n) + "\n",
        ["escapes"] = n => "{\"a\":\"" + Repeat(n / 6, _ => "\\u00e4", "") + "\"}\n",
        ["escaped keys"] = n => "{" + Repeat(n / 24, i => $"\"\\u0061{i}\":\"\\n\"", ",") + "}\n",
        ["digits"] = n => "{\"a\":" + new string('9', n) + "}\n",
        ["small records"] = n => Repeat(n / 8, i => $"{{\"a\":{i % 10}}}", "\n") + "\n",
        ["damaged records with keys of their own"] = n => Repeat(n / 16, i => $"{{\"k{i}\":1,}}", "\n") + "\n{\"a\":1}\n",
    };

    public static IReadOnlyDictionary<string, Func<int, string>> Manifests { get; } = new Dictionary<string, Func<int, string>>
    {
        ["unknown keys"] = n => "{" + Repeat(n / 12, i => $"\"key{i}\":1", ",") + "}",
        ["a long key"] = n => $$"""{"{{new string('k', n)}}":1}""",
        ["columns of the schema"] = n => "{\"schema\":{" + Repeat(n / 20, i => $"\"c{i}\":\"bigint\"", ",") + "}}",
        ["wrong columns of the schema"] = n => "{\"schema\":{" + Repeat(n / 10, i => $"\"c{i}\":1", ",") + "}}",
        ["a long type"] = n => $$$"""{"schema":{"c":"a{{{new string(' ', n)}}}!"}}""",
        ["a long table"] = n => $$"""{"table":"{{Repeat(n / 6, i => i % 2 == 0 ? "\u0315" : "\u0320", "")}}"}""",
        ["a long target"] = n => $$"""{"target":"{{new string('t', n)}}"}""",
        ["files"] = n => "{\"files\":[" + Repeat(n / 12, i => $"\"f{i}.csv\"", ",") + "]}",
        ["patterns"] = n => "{\"files\":[" + Repeat(n / 8, _ => "\"*a*b\"", ",") + "]}",
        ["a long pattern"] = n => $$"""{"files":["{{Repeat(n / 2, _ => "*a", "")}}b"]}""",
        ["nulls"] = n => "{\"dialect\":{\"null\":[" + Repeat(n / 8, i => $"\"n{i}\"", ",") + "]}}",
        ["nesting"] = n => new string('[', n),
    };

    public static string Repeat(int times, Func<int, string> part, string between)
    {
        var text = new StringBuilder();
        for (var i = 0; i < times; i++)
        {
            text.Append(i == 0 ? "" : between).Append(part(i));
        }

        return text.ToString();
    }
}
