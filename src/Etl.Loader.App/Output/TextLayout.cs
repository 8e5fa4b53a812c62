using System.Text;
using Spectre.Console;

namespace Etl.Loader.App.Output;

/// <summary>Columns on a screen of some width: the widest give way first, texts are broken at spaces, names lose their middle.</summary>
internal sealed class TextLayout
{
    public const int Gap = 2;

    /// <summary>What a column keeps while others are wider.</summary>
    private const int Narrow = 12;

    private readonly TextColumn[] _columns;
    private readonly int[] _widths;

    public TextLayout(TextColumn[] columns, IReadOnlyList<string[]> rows, int width)
    {
        _columns = columns;
        _widths = [.. columns.Select((column, i) => rows.Select(row => row[i].GetCellWidth()).Append(column.Heading.GetCellWidth()).Max())];
        var most = width - (Gap * (columns.Length - 1));
        while (_widths.Sum() > most && Widest() is { } widest)
        {
            _widths[widest]--;
        }
    }

    /// <summary>A row as the lines that it takes, each as cells padded to their columns.</summary>
    public IEnumerable<string[]> Lines(string[] cells)
    {
        var fitted = cells.Select((cell, i) => _columns[i].Fit == TextFit.Wrap ? [.. Wrap(cell, _widths[i])] : new[] { Cut(cell, _widths[i]) }).ToArray();
        for (var line = 0; line < Math.Max(1, fitted.Max(f => f.Length)); line++)
        {
            yield return [.. fitted.Select((parts, i) => Padded(line < parts.Length ? parts[line] : "", i))];
        }
    }

    /// <summary>Broken at spaces, and within a word only where it alone is too long. No line for an empty text.</summary>
    public static IEnumerable<string> Wrap(string text, int width)
    {
        var line = "";
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Length > 0 && line.GetCellWidth() + 1 + word.GetCellWidth() > width)
            {
                yield return line;
                line = "";
            }

            line = line.Length == 0 ? word : $"{line} {word}";
            while (line.GetCellWidth() > width && width > 0)
            {
                var head = Head(line, width);
                yield return head;
                line = line[head.Length..];
            }
        }

        if (line.Length > 0)
        {
            yield return line;
        }
    }

    /// <summary>The beginning and the end, which distinguish names, around an ellipsis.</summary>
    internal static string Cut(string text, int width)
    {
        if (text.GetCellWidth() <= width)
        {
            return text;
        }

        var tail = text;
        while (tail.GetCellWidth() > width / 2)
        {
            tail = tail[(char.IsHighSurrogate(tail[0]) && tail.Length > 1 ? 2 : 1)..];
        }

        return $"{Head(text, width - 1 - tail.GetCellWidth())}…{tail}";
    }

    private static string Head(string text, int width)
    {
        var head = new StringBuilder();
        var cells = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            cells += rune.ToString().GetCellWidth();
            if (cells > width && head.Length > 0)
            {
                break;
            }

            head.Append(rune);
        }

        return head.ToString();
    }

    private int? Widest() => Enumerable.Range(0, _columns.Length)
        .Where(i => _columns[i].Fit != TextFit.Number && _widths[i] > Narrow)
        .Cast<int?>()
        .MaxBy(i => _widths[i!.Value]);

    private string Padded(string cell, int column)
    {
        var padding = new string(' ', Math.Max(0, _widths[column] - cell.GetCellWidth()));
        var end = column == _columns.Length - 1 ? 0 : Gap;
        return (_columns[column].Fit == TextFit.Number ? padding + cell : cell + padding) + new string(' ', end);
    }
}
