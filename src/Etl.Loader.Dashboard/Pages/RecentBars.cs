using System.Globalization;
using Etl.Loader.Ledger;

namespace Etl.Loader.Dashboard.Pages;

/// <summary>The last loads as bars, the newest at the right: colour is the outcome, height the duration, on a scale from 10 ms to an hour. Each is a link that says both.</summary>
internal static class RecentBars
{
    private const double Least = 3;
    private const double Most = 48;
    private static readonly double Shortest = Math.Log(0.01);
    private static readonly double Longest = Math.Log(3600);

    public static Markup Of(IReadOnlyList<LoadSummary> newestFirst, Func<LoadId, string> pathTo) => newestFirst.Count == 0
        ? Markup.Empty
        : Markup.Of($"<ol class=\"etl-bars\" aria-label=\"{(newestFirst.Count == 1 ? "The last load" : $"The last {Amounts.Counted(newestFirst.Count, "load")}, oldest first")}\">{newestFirst.Reverse().Select(load => Bar(load, pathTo))}</ol>");

    /// <summary>In units of the picture, 3 … 48.</summary>
    public static double Height(TimeSpan? took)
    {
        var share = (Math.Log(Math.Max(0.001, took?.TotalSeconds ?? 0)) - Shortest) / (Longest - Shortest);
        return Least + ((Most - Least) * Math.Clamp(share, 0, 1));
    }

    private static Markup Bar(LoadSummary load, Func<LoadId, string> pathTo)
    {
        var took = Format.Took(load.StartedAt, load.FinishedAt);
        var height = Height(took);
        var words = $"{load.Dataset}: {load.Status.Word()}{(took is null ? "" : $" in {Format.Duration(took)}")}";
        return Markup.Of($"<li><a href=\"{pathTo(load.LoadId)}\" title=\"{words}\" aria-label=\"{words}\"><svg width=\"10\" height=\"48\" aria-hidden=\"true\"><rect class=\"etl-bar etl-bar-{load.Status.Word()}\" x=\"1\" y=\"{Number(Most - height)}\" width=\"8\" height=\"{Number(height)}\" rx=\"1\"/></svg></a></li>");
    }

    private static string Number(double value) => value.ToString("0.0", CultureInfo.InvariantCulture);
}
