using System.Globalization;
using Etl.Loader.Ledger;

namespace Etl.Loader.Dashboard.Pages;

/// <summary>By how much a load changed the rows of its table: "+1,204 (+3.1 %)".</summary>
internal static class RowChange
{
    /// <summary>Nothing for the first load of a table.</summary>
    public static Markup Of(TableLoad? made, TableLoad? before)
    {
        if (made?.TableRows is not { } now || before?.TableRows is not { } then)
        {
            return Markup.Empty;
        }

        var change = now - then;
        var share = then == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" ({100.0 * change / then:+0.#;-0.#;0} %)");
        var text = change == 0 ? "none" : string.Create(CultureInfo.InvariantCulture, $"{change:+#,0;-#,0}{share}");
        return Markup.Of($"<span class=\"{(change < 0 ? "text-danger" : "text-muted")}\">{text}</span>");
    }
}
