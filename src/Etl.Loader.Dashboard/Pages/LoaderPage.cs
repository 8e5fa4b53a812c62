using Hangfire.Dashboard;
using Hangfire.Dashboard.Pages;

namespace Etl.Loader.Dashboard.Pages;

/// <summary>A page in the frame of Hangfire's dashboard, made from a model that was read before.</summary>
internal abstract class LoaderPage(string title) : RazorPage
{
    public override void Execute()
    {
        Layout = new LayoutPage(title);
        WriteLiteral($"<div class=\"etl-page\">{Body()}</div>");
    }

    protected abstract Markup Body();

    protected Markup Link(LoadId load) => Markup.Of($"<a class=\"etl-id\" href=\"{Url.To("/loads/" + load)}\" title=\"{load}\">{load.ToString()[..8]}…{load.ToString()[^4..]}</a>");

    protected Markup Job(string? job) => job is null ? Markup.Empty : Markup.Of($"<a href=\"{Url.JobDetails(job)}\">#{job}</a>");

    /// <summary>A button that posts an action on one load or lane; the page's script asks first and sends the antiforgery token.</summary>
    protected Markup Action(string path, string id, string text, string style, string question) => IsReadOnly
        ? Markup.Empty
        : Markup.Of($"<button type=\"button\" class=\"btn btn-sm btn-{style} etl-action\" data-url=\"{Url.To(path)}\" data-id=\"{id}\" data-question=\"{question}\">{text}</button> ");
}
