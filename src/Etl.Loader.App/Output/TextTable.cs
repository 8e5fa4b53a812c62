using Spectre.Console;
using Spectre.Console.Rendering;

namespace Etl.Loader.App.Output;

/// <summary>
/// Rows under headings: fitted to the screen for people, in plain aligned columns for files and pipes. Cells are text, never markup. A row may have a
/// note: on a screen a line of its own under the row, otherwise its last cell.
/// </summary>
internal sealed class TextTable(params TextColumn[] columns)
{
    private const int NoteIndent = 2;
    private readonly TextColumn[] _columns = columns;
    private readonly List<(string[] Cells, string Note)> _rows = [];

    public void Add(params string[] cells) => AddWithNote("", cells);

    public void AddWithNote(string note, params string[] cells) => _rows.Add(([.. cells.Select(Words.Plain)], Words.Plain(note)));

    public void Write(Surroundings surroundings)
    {
        if (surroundings.Interactive)
        {
            Terminal.Of(surroundings).Write(Draw());
        }
        else
        {
            WritePlain(surroundings.Out);
        }
    }

    public IRenderable Draw() => new Drawing(this);

    private static Style StyleOf(string cell) => cell switch
    {
        "failed" or "fault" => new Style(Color.Red),
        "loaded" or "ok" => new Style(Color.Green),
        "loading" => new Style(Color.Blue),
        "retrying" or "cancelled" or "superseded" or "warning" => new Style(Color.Yellow),
        _ => Style.Plain,
    };

    private void WritePlain(TextWriter writer)
    {
        var widths = _columns.Select((column, i) => _rows.Select(row => row.Cells[i].Length).Append(column.Heading.Length).Max()).ToArray();
        writer.WriteLine(Line([.. _columns.Select(c => c.Heading)], ""));
        foreach (var (cells, note) in _rows)
        {
            writer.WriteLine(Line(cells, note));
        }

        string Line(string[] cells, string note) => (string.Concat(cells.Select((cell, i) =>
            (_columns[i].Fit == TextFit.Number ? cell.PadLeft(widths[i]) : cell.PadRight(widths[i])) + new string(' ', TextLayout.Gap))) + note).TrimEnd();
    }

    private sealed class Drawing(TextTable table) : Renderable
    {
        protected override IEnumerable<Segment> Render(RenderOptions options, int maxWidth)
        {
            var layout = new TextLayout(table._columns, [.. table._rows.Select(r => r.Cells)], maxWidth);
            foreach (var line in layout.Lines([.. table._columns.Select(c => c.Heading)]))
            {
                yield return new Segment(string.Concat(line).TrimEnd(), new Style(decoration: Decoration.Bold));
                yield return Segment.LineBreak;
            }

            foreach (var (cells, note) in table._rows)
            {
                foreach (var line in layout.Lines(cells))
                {
                    for (var i = 0; i < line.Length; i++)
                    {
                        var text = i == line.Length - 1 ? line[i].TrimEnd() : line[i];
                        if (text.Length > 0)
                        {
                            yield return new Segment(text, StyleOf(cells[i]));
                        }
                    }

                    yield return Segment.LineBreak;
                }

                foreach (var line in TextLayout.Wrap(note, maxWidth - NoteIndent))
                {
                    yield return new Segment(new string(' ', NoteIndent) + line, new Style(decoration: Decoration.Dim));
                    yield return Segment.LineBreak;
                }
            }
        }
    }
}
