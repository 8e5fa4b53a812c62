using System.Text;

namespace Etl.Loader.Tests.Survey.Tolerance;

/// <summary>One small file for each case of <c>docs/tolerance.md</c>.</summary>
/// <param name="Rows">What it must become, at once or with the line that the refusal proposes: header first, fields divided by '|'.</param>
internal sealed record ToleranceCase(string Name, byte[] Bytes, string Rows)
{
    private const string Clean = "id,name,price\n1,Kettle,10.5\n2,Lamp,20\n3,Chair,30.25\n4,Tape,1.5\n";
    private const string CleanRows = "id|name|price\n1|Kettle|10.5\n2|Lamp|20\n3|Chair|30.25\n4|Tape|1.5";
    private const string Numbered = "column_1|column_2|column_3\n1|Kettle|10.5\n2|Lamp|20\n3|Chair|30.25\n4|Tape|1.5";

    private const string Codes = "code,price\nA-10,5\nA-11,7\nA-12,8\nB-10,5\nB-11,7\nB-12,8\nC-10,5\nC-11,7\nC-12,8\nD-10,5\nD-11,7\nD-12,8\n";

    public static IReadOnlyList<ToleranceCase> All { get; } =
    [
        Of("title and blank line before the table", "Report of May 2026\n\n" + Clean),
        Of("title right above the header", "Report of May 2026\n" + Clean),
        Of("title with delimiters", "Report, May\nSource: ACME\n\n" + Clean),
        Of("title as wide as the table", "Report of May 2026,,\n,,\n" + Clean),
        Of("remarks with # before and between", Clean.Replace("2,Lamp", "# page 2\n2,Lamp", StringComparison.Ordinal).Insert(0, "# made by us\n")),
        Of("a text that begins with #", Codes.Replace("A-11,", "#1 of all,", StringComparison.Ordinal), Codes.TrimEnd('\n').Replace(',', '|').Replace("A-11|", "#1 of all|", StringComparison.Ordinal)),
        Of("a row taken out by #", Codes.Replace("A-11,", "#A-11,", StringComparison.Ordinal), Codes.TrimEnd('\n').Replace(',', '|').Replace("A-11|", "#A-11|", StringComparison.Ordinal)),
        Of("sep= line", "sep=;\n" + Clean.Replace(',', ';')),
        Of("footer after a blank line", Clean + "\nSource: our own survey\n"),
        Of("footer right below the rows", Clean + "Source: our own survey\nAll rights reserved\n"),
        Of("footer as wide as the table", Clean + "end of report,,\n"),
        Of("footer of one word", Clean + "End\n"),
        Of("empty fields below the rows", Clean + ",,\n,,\n"),
        Of("empty fields, then a footer", Clean + ",,\nSource: our own survey\n"),
        Of("empty fields, then a damaged row", Clean + ",,\n5,Nail\n", CleanRows + "\n∅|∅|∅"),
        Of("empty fields between the rows", Clean.Replace("3,", ",,\n3,", StringComparison.Ordinal), CleanRows.Replace("\n3", "\n∅|∅|∅\n3", StringComparison.Ordinal)),
        Of("sum below the rows", Clean + "Total,,62.25\n", CleanRows + "\nTotal|∅|62.25"),
        Of("header twice", "id,name,price\n" + Clean),
        Of("units below the header", Clean.Replace("price\n", "price\nno,text,EUR\n", StringComparison.Ordinal), CleanRows.Replace("id|name|price", "no|text|EUR", StringComparison.Ordinal)),
        Of("groups above the header", "Goods,Goods,Money\n" + Clean),
        Of("no header", Clean[(Clean.IndexOf('\n') + 1)..], Numbered),
        Of("title and blank line before rows without header", "Report of May 2026\n\n" + Clean[(Clean.IndexOf('\n') + 1)..], Numbered),
        Of("no header, nothing but texts", "Bob,Paris\nAnn,Rome\nJim,Bonn\n", "column_1|column_2\nBob|Paris\nAnn|Rome\nJim|Bonn"),
        Of("years for names", "country,2019,2020\nA,1,2\nB,3,4\n", "country|2019|2020\nA|1|2\nB|3|4"),
        Of("header only", "id,name\n", "id|name"),
        Of("empty file", "", ""),
        Of("a row too short", Clean.Replace("2,Lamp,20", "2,Lamp", StringComparison.Ordinal), CleanRows.Replace("2|Lamp|20", "2|Lamp|∅", StringComparison.Ordinal)),
        Of("a row too long", Clean.Replace("2,Lamp,20", "2,Lamp,20,x", StringComparison.Ordinal), Without2),
        Of("header shorter than the rows", Clean.Replace("id,name,price", "id,name", StringComparison.Ordinal), Numbered),
        Of("delimiter ;", Clean.Replace(',', ';')),
        Of("delimiter ; and decimal commas", Clean.Replace(',', ';').Replace('.', ','), CleanRows.Replace('.', ',')),
        Of("delimiter tab", Clean.Replace(',', '\t')),
        Of("delimiter bar", Clean.Replace(',', '|')),
        Of("delimiter blank", Clean.Replace(',', ' ')),
        Of("delimiter comma and blank", Clean.Replace(",", ", ", StringComparison.Ordinal)),
        Of("delimiter ^", Clean.Replace(',', '^')),
        Of("delimiter two bars", Clean.Replace(",", "||", StringComparison.Ordinal)),
        Of("delimiter :", Clean.Replace(',', ':')),
        Of("two delimiters that fit", "a b;c,d\ne f;g,h\n", "column_1|column_2\na b;c|d\ne f;g|h"),
        Of("delimiter at the end of each line", Clean.Replace("\n", ",\n", StringComparison.Ordinal)),
        Of("delimiter at the end of each row", Clean.Replace("\n", ",\n", StringComparison.Ordinal).Replace("price,", "price", StringComparison.Ordinal)),
        Of("single quotes", "id,name\n1,'a, b'\n2,'it''s'\n", "id|name\n1|a, b\n2|it's"),
        Of("single quotes or apostrophes", "id,name\n1,'twas'\n2,b\n", "id|name\n1|twas\n2|b"),
        Of("backslash escapes", "id,name\n1,\"a \\\"b\\\", c\"\n2,d\n", "id|name\n1|a \"b\", c\n2|d"),
        Of("inches", "id,name\n1,6\" nail\n2,7\" nail\n", "id|name\n1|6\" nail\n2|7\" nail"),
        Of("a stray quote", Clean.Replace("Lamp", "La\"mp", StringComparison.Ordinal), CleanRows.Replace("Lamp", "La\"mp", StringComparison.Ordinal)),
        Of("a stray quote among quoted fields", Clean.Replace("Kettle", "\"Kettle, red\"", StringComparison.Ordinal).Replace("Lamp", "La\"mp", StringComparison.Ordinal), Without2.Replace("Kettle", "Kettle, red", StringComparison.Ordinal)),
        Of("text after a closing quote", Clean.Replace("Lamp", "\"La\"mp", StringComparison.Ordinal), Without2),
        Of("a quote that is never closed", Clean.Replace("Lamp", "\"Lamp", StringComparison.Ordinal), CleanRows.Replace("Lamp", "\"Lamp", StringComparison.Ordinal)),
        Of("rows swallowed by two quotes", Clean.Replace("Lamp", "\"Lamp", StringComparison.Ordinal).Replace("Chair", "Chair\"", StringComparison.Ordinal), "id|name|price\n1|Kettle|10.5\n2|Lamp,20⏎3,Chair|30.25\n4|Tape|1.5"),
        Of("quotes in the header", Clean.Replace("name", "na\"me", StringComparison.Ordinal), CleanRows.Replace("name", "na\"me", StringComparison.Ordinal)),
        Of("line breaks in quotes", "id,note\n1,\"first\nsecond\"\n2,x\n", "id|note\n1|first⏎second\n2|x"),
        Of("line breaks in quotes before numbers", "note,amount,day\n\"first\nsecond\",5,2026-01-01\nx,7,2026-01-02\n\"a, b\n7, c\",8,2026-01-03\n", "note|amount|day\nfirst⏎second|5|2026-01-01\nx|7|2026-01-02\na, b⏎7, c|8|2026-01-03"),
        Of("line ends CR", Clean.Replace('\n', '\r')),
        Of("line ends CRLF", Clean.Replace("\n", "\r\n", StringComparison.Ordinal)),
        Of("line ends mixed", Clean.Replace("price\n", "price\r", StringComparison.Ordinal).Replace("20\n", "20\r\n", StringComparison.Ordinal)),
        Of("no final newline", Clean.TrimEnd('\n')),
        Of("blank lines between and at the end", Clean.Replace("\n", "\n\n", StringComparison.Ordinal)),
        Of("blank line in a file of one column", "id\n1\n\n2\n", "id\n1\n∅\n2"),
        Of("the same table again", Clean + Clean, CleanRows + "\n" + CleanRows),
        Of("second table as wide", Clean + "\nitem,text,weight\n1,Nail,2\n2,Screw,3\n", CleanRows + "\nitem|text|weight\n1|Nail|2\n2|Screw|3"),
        Of("second table, fewer columns", Clean + "\nitem,weight\n1,2\n2,3\n"),
        Of("second table, more columns", Clean + "\nitem,text,weight,unit\n1,Nail,2,kg\n2,Screw,3,kg\n"),
        Of("a name twice and a name missing", "id,id,\n1,2,x\n3,4,y\n", "id|id|\n1|2|x\n3|4|y"),
        Of("thousands separators in quotes", Clean.Replace("20", "\"2,000\"", StringComparison.Ordinal), CleanRows.Replace("20", "2,000", StringComparison.Ordinal)),
        Of("thousands separators", Clean.Replace("20", "2,000", StringComparison.Ordinal), Without2),
        Of("byte order mark", "\uFEFF" + Clean),
        new("UTF-16 little endian", Encoding.Unicode.GetBytes(Clean), CleanRows),
        new("UTF-16 big endian with mark", [.. Encoding.BigEndianUnicode.Preamble, .. Encoding.BigEndianUnicode.GetBytes(Clean)], CleanRows),
        new("windows-1252", Encoding.Latin1.GetBytes(Clean.Replace("Kettle", "Bébé", StringComparison.Ordinal)), CleanRows.Replace("Kettle", "Bébé", StringComparison.Ordinal)),
        new("an alphabet that is not western", [.. "id,name\n1,"u8, 0xCC, 0xEE, 0xF1, 0xEA, 0xE2, 0xE0, .. "\n2,x\n"u8], "id|name\n1|Москва\n2|x"),
        Of("a NUL byte", Clean.Replace("Lamp", "La\0mp", StringComparison.Ordinal), Without2),
        Of("a very long field", Clean.Replace("Lamp", new string('x', 300_000), StringComparison.Ordinal), CleanRows.Replace("Lamp", new string('x', 300_000), StringComparison.Ordinal)),
        Of("thousands of columns", Line("c", ',') + "\n" + Line("", ',') + "\n", Line("c", '|') + "\n" + Line("", '|')),
        Of("an error page", "<!DOCTYPE html>\n<html><body>503, try later</body></html>\n", ""),
    ];

    private const string Without2 = "id|name|price\n1|Kettle|10.5\n3|Chair|30.25\n4|Tape|1.5";

    private static ToleranceCase Of(string name, string text, string rows = CleanRows) =>
        new(name, Encoding.UTF8.GetBytes(text), rows);

    private static string Line(string prefix, char delimiter) => string.Join(delimiter, Enumerable.Range(1, 3000).Select(i => $"{prefix}{i}"));
}
