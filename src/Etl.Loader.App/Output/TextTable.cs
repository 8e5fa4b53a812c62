using Spectre.Console;

namespace Etl.Loader.App.Output;

/// <summary>Rows under headings: drawn for people, in plain aligned columns for files and pipes. Cells are text, never markup.</summary>
internal sealed class TextTable(params string[] headings)
{
    private const int Gap = 2;
    private readonly List<string[]> _rows = [];

    public void Add(params string[] cells) => _rows.Add([.. cells.Select(Words.Plain)]);

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

    public Table Draw()
    {
        var table = new Table { Border = TableBorder.Simple };
        foreach (var heading in headings)
        {
            table.AddColumn(new TableColumn(new Text(heading, new Style(decoration: Decoration.Bold))));
        }

        foreach (var row in _rows)
        {
            table.AddRow(row.Select(cell => new Text(cell, StyleOf(cell))));
        }

        return table;
    }

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
        var widths = headings.Select((heading, i) => _rows.Select(row => row[i].Length).Append(heading.Length).Max()).ToArray();
        foreach (var row in _rows.Prepend(headings))
        {
            writer.WriteLine(string.Concat(row.Select((cell, i) => cell.PadRight(widths[i] + Gap))).TrimEnd());
        }
    }
}
