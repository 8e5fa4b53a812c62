using System.Globalization;
using Etl.Loader.Ledger;

namespace Etl.Loader.Dashboard.Pages;

/// <summary>How the rows of a table went over its last loads, as a line.</summary>
internal static class RowsLine
{
    private const int Width = 300;
    private const int Height = 48;
    private const int Edge = 4;

    /// <summary>Nothing where there are fewer than two loads to compare.</summary>
    /// <param name="loads">Newest first.</param>
    public static Markup Of(IReadOnlyList<TableLoad> loads)
    {
        var rows = loads.Where(l => l.TableRows is not null).Select(l => l.TableRows!.Value).Reverse().ToList();
        if (rows.Count < 2)
        {
            return Markup.Empty;
        }

        var (least, most) = (rows.Min(), rows.Max());
        var points = string.Join(' ', rows.Select((count, i) => string.Create(
            CultureInfo.InvariantCulture, $"{Edge + (Width - (2.0 * Edge)) * i / (rows.Count - 1):0.#},{Y(count):0.#}")));
        var text = $"Rows over the last {Amounts.Counted(rows.Count, "load")}: from {Format.Count(rows[0])} to {Format.Count(rows[^1])}, least {Format.Count(least)}, most {Format.Count(most)}";
        return Markup.Of($"""
            <figure class="etl-rows"><svg viewBox="0 0 {Width} {Height}" width="{Width}" height="{Height}" role="img" aria-label="{text}"><title>{text}</title>
            <polyline points="{points}" fill="none" stroke="currentColor" stroke-width="2" stroke-linejoin="round"></polyline>
            <circle cx="{Width - Edge}" cy="{Y(rows[^1]).ToString("0.#", CultureInfo.InvariantCulture)}" r="3" fill="currentColor"></circle></svg>
            <figcaption class="text-muted">{text}</figcaption></figure>
            """);

        // A table that keeps its size is a flat line in the middle, not noise blown up.
        double Y(long count) => most == least ? Height / 2.0 : Height - Edge - ((Height - (2.0 * Edge)) * (count - least) / (most - least));
    }
}
