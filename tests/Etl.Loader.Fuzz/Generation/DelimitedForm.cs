using Etl.Loader.Survey;

namespace Etl.Loader.Fuzz.Generation;

/// <summary>How a delimited file is written.</summary>
internal sealed record DelimitedForm
{
    public required string Delimiter { get; init; }

    /// <summary>'\0': none.</summary>
    public required char Quote { get; init; }

    /// <summary>The quote (doubling), '\\', or '\0': texts with quotes cannot be written.</summary>
    public required char Escape { get; init; }

    public required string Encoding { get; init; }
    public required bool Mark { get; init; }
    public required bool Header { get; init; }
    public required IReadOnlyList<string> Preamble { get; init; }
    public required IReadOnlyList<string> LineEnds { get; init; }
    public required bool FinalLineEnd { get; init; }
    public required bool BlankLines { get; init; }

    /// <summary>Part of the fields that are quoted without need.</summary>
    public required double Quoting { get; init; }

    /// <summary>Unquoted texts that mean null.</summary>
    public required IReadOnlyList<string> Nulls { get; init; }

    /// <summary>False: no text has a backslash where backslashes escape. Without an escaped quote in the file no one could determine what two of them mean.</summary>
    public bool PlainBackslash { get; init; } = true;

    public WrittenFormats Formats { get; init; } = new();

    public bool IsWestern => Encoding == "windows-1252";

    /// <summary>Any form that can be said in a trigger.</summary>
    public static DelimitedForm Any(Dice dice)
    {
        var delimiter = dice.One(",", ",", ";", "\t", "|", " ", ", ", "^", "::", "¦", "||", "~", "\u0001");
        var quote = dice.One('"', '"', '"', '\'', '\0');
        var formats = !dice.Chance(0.2) ? new WrittenFormats() : new(
            delimiter is "," or ", " ? '.' : dice.One('.', ','),
            dice.One(null, "dd.MM.yyyy", "MM/dd/yyyy", "yyyyMMdd-'d'"),
            dice.One(null, "dd.MM.yyyy HH:mm", "yyyy/MM/dd HH:mm:ss"));
        return new()
        {
            Delimiter = delimiter,
            Quote = quote,
            Escape = quote == '\0' ? '\0' : dice.One(quote, quote, '\\', '\0'),
            Encoding = delimiter == "¦" ? dice.One("utf-8", "utf-16le", "windows-1252") : dice.One("utf-8", "utf-8", "utf-8", "utf-8", "utf-16le", "utf-16be", "windows-1252"),
            Mark = dice.Chance(0.2),
            Header = dice.Chance(0.7),
            Preamble = dice.Chance(0.15) ? [.. Enumerable.Range(0, dice.Int(1, 4)).Select(_ => dice.One("", "Report, made 2026", "\"open", "a,b;c|d", "# x", "'"))] : [],
            LineEnds = dice.One<string[]>(["\n"], ["\n"], ["\r\n"], ["\r"], ["\n", "\r\n", "\r"]),
            FinalLineEnd = dice.Chance(0.8),
            BlankLines = dice.Chance(0.1),
            Quoting = quote == '\0' ? 0 : dice.One(0, 0, 0.2, 1),
            Nulls = dice.One<string[]>([""], [""], [""], ["", "NA"], ["NA"], ["\\N", "null"]),
            Formats = formats,
        };
    }

    /// <summary>A form that people send without a word about it.</summary>
    public static DelimitedForm Usual(Dice dice)
    {
        var quote = dice.One('"', '"', '"', '"', '\'');
        return new()
        {
            Delimiter = dice.One(",", ",", ",", ";", "\t", "|", ", "),
            Quote = quote,
            Escape = quote == '"' ? dice.One('"', '"', '"', '\\') : '\'',
            Encoding = dice.One("utf-8", "utf-8", "utf-8", "utf-8", "utf-16le", "utf-16be", "windows-1252"),
            Mark = dice.Chance(0.3),
            Header = dice.Chance(0.8),
            Preamble = dice.Chance(0.1) ? [.. Enumerable.Range(0, dice.Int(1, 3)).Select(i => i == 1 ? "" : dice.One("Sales of the year", "# made by hand", "Report"))] : [],
            LineEnds = dice.One<string[]>(["\n"], ["\n"], ["\r\n"], ["\r"], ["\n", "\r\n"]),
            FinalLineEnd = dice.Chance(0.8),
            BlankLines = dice.Chance(0.05),

            // An apostrophe around some texts and not around others may be part of them: no one could know.
            Quoting = quote == '"' ? dice.One(0, 0, 0.2, 1) : 1,
            Nulls = [""],
            PlainBackslash = false,
        };
    }

    /// <summary>The form as the trigger's <c>dialect</c> says it.</summary>
    public DialectSpec Spec() => new()
    {
        Delimiter = Delimiter == "\t" ? "\\t" : Delimiter,
        Quote = Quote == '\0' ? "" : Quote.ToString(),
        Escape = Escape == '\0' ? "" : Escape.ToString(),
        Encoding = Encoding,
        Header = Header,
        Skip = Preamble.Count,
        Null = Nulls,
        Decimal = Formats.Decimal.ToString(),
        Date = Formats.Date,
        Timestamp = Formats.Timestamp,
    };

    /// <summary>The text as this form can hold it; null where it cannot.</summary>
    public string? Writable(string? text)
    {
        if (text is null)
        {
            return null;
        }

        if (!PlainBackslash && Escape == '\\')
        {
            text = text.Replace("\\", "", StringComparison.Ordinal);
        }

        if (Quote == '\0')
        {
            return Nulls.Contains(text) || text.AsSpan().IndexOfAny('\r', '\n') >= 0 || text.Contains(Delimiter, StringComparison.Ordinal) || EndsLikeDelimiter(text) ? null : text;
        }

        return Escape == '\0' && text.Contains(Quote) ? text.Replace(Quote.ToString(), "", StringComparison.Ordinal) : text;
    }

    /// <summary>True where a text and the delimiter behind it could be taken apart one character too early.</summary>
    public bool EndsLikeDelimiter(string text) => Delimiter.Length > 1 && text.EndsWith(Delimiter[0]);
}
