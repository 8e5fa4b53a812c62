using Etl.Loader.Inboxes.Due;
using Hangfire.Dashboard;

namespace Etl.Loader.Dashboard.Pages;

/// <summary>What is late in one line, for pages that are about something else; leads to where it is reported in full.</summary>
internal static class LateLine
{
    private const int MostNamed = 3;

    /// <summary>Nothing where nothing is late.</summary>
    public static Markup Of(IReadOnlyList<LateDelivery> late, UrlHelper url)
    {
        if (late.Count == 0)
        {
            return Markup.Empty;
        }

        var named = string.Join(", ", late.Take(MostNamed).Select(l => l.Match)) + (late.Count > MostNamed ? ", …" : "");
        return Markup.Of($"<p class=\"etl-late-line\"><a href=\"{url.To("/tables")}\"><span class=\"label label-danger\">{late.Count} late</span> {named}</a></p>");
    }
}
