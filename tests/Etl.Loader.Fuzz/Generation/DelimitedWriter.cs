using System.Text;
using Etl.Loader.Fuzz.Oracle;

namespace Etl.Loader.Fuzz.Generation;

/// <summary>What is done to a row when it is written.</summary>
internal enum RowDamage
{
    None,
    TooFew,
    TooMany,
    TextAfterQuote,
    StrayQuote,
    NulByte,
    BadUtf8,
}

/// <param name="Kept">For <see cref="RowDamage.TooFew"/>: how many fields are left.</param>
internal sealed record PlannedRow(IReadOnlyList<string?> Cells, RowDamage Damage = RowDamage.None, int Kept = 0);

/// <summary>Writes rows in a form, and keeps line, place and values of each.</summary>
internal sealed class DelimitedWriter(DelimitedForm form, Dice dice)
{
    private readonly MemoryStream _text = new();
    private long _line = 1;
    private bool _afterReturn;

    /// <summary>The whole in UTF-8.</summary>
    public byte[] Text() => _text.ToArray();

    /// <summary>The file's bytes in its encoding.</summary>
    public byte[] Bytes()
    {
        if (form.Encoding == "utf-8")
        {
            return Text();
        }

        var encoding = form.IsWestern ? CodePagesEncodingProvider.Instance.GetEncoding(1252)! : Encoding.GetEncoding(form.Encoding == "utf-16le" ? "utf-16" : "utf-16BE");
        return [.. form.Mark && !form.IsWestern ? encoding.GetPreamble() : [], .. encoding.GetBytes(Encoding.UTF8.GetString(Text()))];
    }

    /// <summary>Mark, preamble and header.</summary>
    public void Begin(IReadOnlyList<string> names)
    {
        if (form is { Mark: true, Encoding: "utf-8" })
        {
            _text.Write("\uFEFF"u8);
        }

        foreach (var line in form.Preamble)
        {
            Line(Encoding.UTF8.GetBytes(line), ended: true);
        }

        if (form.Header)
        {
            Line(Join([.. names.Select(Name)]), ended: true);
        }
    }

    /// <param name="values">The row's values in the dataset's order; null: it is to be rejected.</param>
    public ExpectedRecord Write(string file, PlannedRow row, string?[]? values, string because, int maxRecord, bool last)
    {
        while (form.BlankLines && row.Cells.Count > 1 && dice.Chance(0.2))
        {
            Line([], ended: true);
        }

        var raw = Raw(row);
        if (raw.Length == 0 && row.Cells.Count > 1)
        {
            throw new InvalidOperationException("A row was written as a blank line.");
        }

        var (line, offset) = (_line, _text.Position);
        Line(raw, ended: !last || form.FinalLineEnd || raw.Length == 0);
        return raw.Length > maxRecord
            ? new(file, line, offset, _text.Position - offset, null)
            : new(file, line, offset, _text.Position - offset, values, because);
    }

    private byte[] Raw(PlannedRow row)
    {
        var cells = row.Cells.Select(Cell).ToList();
        var at = dice.Int(0, cells.Count - 1);
        switch (row.Damage)
        {
            case RowDamage.TooFew:
                cells.RemoveRange(row.Kept, cells.Count - row.Kept);
                break;
            case RowDamage.TooMany:
                cells.AddRange(Enumerable.Range(0, dice.Int(1, 3)).Select(_ => (byte[])[(byte)'x']));
                break;
            case RowDamage.TextAfterQuote:
                cells[at] = Encoding.UTF8.GetBytes($"{form.Quote}ab{form.Quote}x");
                break;
            case RowDamage.StrayQuote:
                cells[at] = Encoding.UTF8.GetBytes($"ab{form.Quote}c");
                break;
            case RowDamage.NulByte:
                cells[at] = [(byte)'a', 0, (byte)'b'];
                break;
            case RowDamage.BadUtf8:
                cells[at] = dice.One<byte[]>([(byte)'a', 0xFF], [0xC3, (byte)'x'], [0xE2, 0x82], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80]);
                break;
        }

        return Join(cells);
    }

    private byte[] Cell(string? value)
    {
        if (value is null)
        {
            return Encoding.UTF8.GetBytes(dice.One(form.Nulls.ToArray()));
        }

        return Encoding.UTF8.GetBytes(NeedsQuotes(value) || dice.Chance(form.Quoting) ? Quoted(value) : value);
    }

    /// <summary>A name means itself, also where it is written like a null.</summary>
    private byte[] Name(string name) => Encoding.UTF8.GetBytes(NeedsQuotes(name) || dice.Chance(form.Quoting) ? Quoted(name) : name);

    private bool NeedsQuotes(string value) => form.Quote != '\0'
        && (form.Nulls.Contains(value) || value.AsSpan().IndexOfAny('\r', '\n', form.Quote) >= 0
            || value.Contains(form.Delimiter, StringComparison.Ordinal) || form.EndsLikeDelimiter(value));

    private string Quoted(string value)
    {
        var quote = form.Quote.ToString();
        var inner = form.Escape == '\\' ? value.Replace("\\", "\\\\").Replace(quote, "\\" + quote) : value.Replace(quote, quote + quote);
        return quote + inner + quote;
    }

    private byte[] Join(IReadOnlyList<byte[]> fields)
    {
        var delimiter = Encoding.UTF8.GetBytes(form.Delimiter);
        return [.. fields.SelectMany((field, i) => i == 0 ? field : [.. delimiter, .. field])];
    }

    private void Line(byte[] content, bool ended)
    {
        _text.Write(content);
        _line += PhysicalLines.In(content);
        if (ended)
        {
            // A line feed of its own behind a carriage return would be half of one line end.
            var end = content.Length == 0 && _afterReturn ? "\r" : dice.One(form.LineEnds.ToArray());
            _text.Write(Encoding.UTF8.GetBytes(end));
            _afterReturn = end == "\r";
            _line++;
        }
    }
}
