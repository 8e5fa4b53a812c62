using System.Globalization;
using System.IO.Compression;
using System.Numerics;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Etl.Loader.Fuzz.Generation;
using Etl.Loader.Survey;

namespace Etl.Loader.Fuzz.Oracle;

/// <summary>What a file that no one planned has to become, once its form is settled. Null: there is no right table.</summary>
internal static class ReferenceTables
{
    /// <summary>PostgreSQL's numeric, of which jsonb's numbers are, has so many behind the point.</summary>
    private const int MaxDigits = 16_383;

    public static ExpectedTable? Delimited(string file, byte[] bytes, DatasetSurvey survey, int maxRecord)
    {
        var dialect = survey.Files[0].Dialect!;
        if (Decode(bytes, dialect) is not { } text)
        {
            return null;
        }

        // Offsets count the byte order mark, which is not a part of the first record.
        var mark = text.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0;
        var reference = new ReferenceRecords(text[mark..End(text, mark, dialect)], dialect, survey.Columns.Count, maxRecord);
        var records = reference.Read();
        if (reference.Unclosed)
        {
            return null;
        }

        var names = reference.Header ?? [.. survey.Columns.Select((column, i) => dialect.Header ? column.Name : $"column_{i + 1}")];
        var from = dialect.Encoding == "utf-8" ? mark : 0;
        var expected = records.Select(record => new ExpectedRecord(file, record.Line, from + record.Start, record.End - record.Start, record.Fields)).ToList();
        var types = survey.Columns.Select((_, column) => TypeOracle.Of(expected.Where(record => record.Values is not null).Select(record => record.Values![column]), new()));

        // An end mark within a file, as of two files joined, is not a part of the name behind it.
        return new([.. names.Select(name => name.Replace("\u001A", "", StringComparison.Ordinal))], [.. types], expected, new());
    }

    public static ExpectedTable JsonLines(string file, byte[] text, int maxLine)
    {
        var names = new List<string>();
        var rows = new List<(ExpectedRecord Record, Dictionary<string, JsonCell>? Cells)>();
        long line = 1;
        for (var at = 0; at < text.Length; line++)
        {
            var feed = Array.IndexOf(text, (byte)'\n', at);
            var (end, next) = feed < 0 ? (text.Length, text.Length) : (feed, feed + 1);
            var mark = at == 0 && text.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0;
            var content = text.AsSpan(at + mark, end - at - mark).TrimEnd(" \t\r"u8);
            if (content.Length > 0)
            {
                var cells = end - at > maxLine ? null : Cells(content);
                names.AddRange(cells?.Keys.Except(names) ?? []);
                rows.Add((new(file, line, at, next - at, null), cells));
            }

            at = next;
        }

        var columns = names.Select(name => rows.Where(row => row.Cells is not null).Select(row => row.Cells!.GetValueOrDefault(name, JsonCell.Null))).ToList();
        var types = columns.Select(JsonTypes.Of).ToArray();
        return new(
            names,
            types,
            [.. rows.Select(row => row.Record with { Values = row.Cells is null ? null : [.. names.Select((name, i) => Text(row.Cells.GetValueOrDefault(name, JsonCell.Null), types[i]))] })],
            new());
    }

    /// <summary>Well-formed, nothing twice in an object, and nothing in it that <c>jsonb</c> cannot hold.</summary>
    public static bool IsJson(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, new() { MaxDepth = 256, AllowDuplicateProperties = false });
            return IsStorable(document.RootElement, depth: 2) && !HasNegativeZero(document.RootElement);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>True for a number -0 or something that has one in it: <c>jsonb</c> would make it 0.</summary>
    public static bool HasNegativeZero(string token)
    {
        using var document = JsonDocument.Parse(token, new() { MaxDepth = 256 });
        return HasNegativeZero(document.RootElement);
    }

    private static bool HasNegativeZero(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Number => element.GetRawText() is ['-', ..] and var text && text.Split('e', 'E')[0].All(c => c is '-' or '0' or '.'),
        JsonValueKind.Array => element.EnumerateArray().Any(HasNegativeZero),
        JsonValueKind.Object => element.EnumerateObject().Any(property => HasNegativeZero(property.Value)),
        _ => false,
    };

    private static string? Text(JsonCell cell, ColumnType type) => cell.Kind == JsonKind.Null ? null : type.Kind == TypeKind.Json ? cell.Token : cell.Text;

    private static Dictionary<string, JsonCell>? Cells(ReadOnlySpan<byte> line)
    {
        if (!Utf8.IsValid(line))
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(line.ToArray(), new() { MaxDepth = 256, AllowDuplicateProperties = false });
            var cells = new Dictionary<string, JsonCell>();
            if (document.RootElement.ValueKind != JsonValueKind.Object || !IsStorable(document.RootElement, depth: 0))
            {
                return null;
            }

            foreach (var property in document.RootElement.EnumerateObject())
            {
                var token = property.Value.GetRawText();
                cells[property.Name] = property.Value.ValueKind switch
                {
                    JsonValueKind.Null => JsonCell.Null,
                    JsonValueKind.String => new(JsonKind.Text, token, property.Value.GetString()!),
                    JsonValueKind.Number => JsonCell.Plain(JsonKind.Number, token),
                    JsonValueKind.True or JsonValueKind.False => JsonCell.Plain(JsonKind.Boolean, token),
                    _ => JsonCell.Plain(JsonKind.Nested, token),
                };
            }

            return cells;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>
    /// False where a text in it could be kept by no database, or a number in something nested not by jsonb. Reading half a surrogate pair throws.
    /// </summary>
    /// <param name="depth">Below 2: the record, or a value of it that becomes no JSON.</param>
    private static bool IsStorable(JsonElement element, int depth) => element.ValueKind switch
    {
        JsonValueKind.String => !element.GetString()!.Contains('\0', StringComparison.Ordinal),
        JsonValueKind.Number => depth < 2 || Digits(element.GetRawText()) <= MaxDigits,
        JsonValueKind.Array => element.EnumerateArray().All(item => IsStorable(item, depth + 1)),
        JsonValueKind.Object => element.EnumerateObject().All(property => !property.Name.Contains('\0', StringComparison.Ordinal) && IsStorable(property.Value, depth + 1)),
        _ => true,
    };

    /// <summary>That a number may have when it is written without exponent.</summary>
    private static BigInteger Digits(string number) => number.Split('e', 'E') is [var digits, var exponent]
        ? digits.Length + BigInteger.Abs(BigInteger.Parse(exponent, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture))
        : number.Length;

    /// <summary>Where the table ends; what is behind it is a footer. Offsets count a byte order mark in UTF-8 only.</summary>
    private static int End(byte[] text, int mark, Dialect dialect) =>
        dialect.End is { } end ? (int)end + (dialect.Encoding == "utf-8" ? 0 : mark) : text.Length;

    /// <summary>Decompressed and in UTF-8; null where that is not possible without a guess.</summary>
    private static byte[]? Decode(byte[] bytes, Dialect dialect)
    {
        try
        {
            using var plain = new MemoryStream();
            using (Stream stream = dialect.Compression switch
            {
                "gzip" => new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress),
                "zstd" => new ZstdSharp.DecompressionStream(new MemoryStream(bytes)),
                _ => new MemoryStream(bytes),
            })
            {
                stream.CopyTo(plain);
            }

            if (dialect.Encoding == "utf-8")
            {
                return plain.ToArray().AsSpan().TrimEnd((byte)0x1A).ToArray();
            }

            var encoding = dialect.Encoding == "windows-1252"
                ? CodePagesEncodingProvider.Instance.GetEncoding(1252, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback)!
                : Encoding.GetEncoding(dialect.Encoding == "utf-16le" ? "utf-16" : dialect.Encoding == "utf-16be" ? "utf-16BE" : dialect.Encoding, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);
            return Encoding.UTF8.GetBytes(encoding.GetString(plain.ToArray()));
        }
        catch (Exception fault) when (fault is InvalidDataException or DecoderFallbackException or ZstdSharp.ZstdException or EndOfStreamException)
        {
            return null;
        }
    }
}
