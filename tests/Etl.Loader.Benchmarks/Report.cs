using System.Text;

namespace Etl.Loader.Benchmarks;

/// <summary>One measured number, as text with its unit, and what it is measured against.</summary>
internal sealed record Figure(string What, string Value, string Against = "");

/// <summary>All figures of a run as one Markdown page.</summary>
internal sealed class Report(string machine)
{
    private readonly List<(string Measurement, Figure Figure)> _figures = [];

    public void Add(string measurement, IEnumerable<Figure> figures) => _figures.AddRange(figures.Select(figure => (measurement, figure)));

    public string ToMarkdown()
    {
        var text = new StringBuilder("# Benchmarks\n\nMeasured by `infra/bench`; medians, pairs one after the other on the same machine.\n\n");
        text.Append(machine).Append("\n\n| measurement | what | value | against |\n|---|---|---|---|\n");
        foreach (var (measurement, figure) in _figures)
        {
            text.Append(null, $"| {measurement} | {Cell(figure.What)} | {Cell(figure.Value)} | {Cell(figure.Against)} |\n");
        }

        return text.ToString();
    }

    /// <summary>A bar would end the cell, also within a code span.</summary>
    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
