using System.Globalization;
using System.IO.Hashing;
using System.Text;
using Hangfire.Dashboard;
using Hangfire.Dashboard.Pages;

namespace Etl.Loader.Dashboard.Pages;

/// <summary>A part of a page that is fetched again while the page is open.</summary>
/// <param name="Mark">Differs when the part does.</param>
internal sealed record LivePart(string Name, string Mark, string Html);

/// <summary>A page in the frame of Hangfire's dashboard, made from a model that was read before.</summary>
internal abstract class LoaderPage(string title) : RazorPage
{
    private readonly List<LivePart> _parts = [];
    private UrlHelper? _url;
    private bool? _readOnly;

    /// <summary>How often an open page asks for its live parts.</summary>
    public virtual TimeSpan Refresh => TimeSpan.FromSeconds(2);

    public new UrlHelper Url => _url ?? base.Url;

    /// <summary>True where the one who looks may only read.</summary>
    public new bool IsReadOnly => _readOnly ?? base.IsReadOnly;

    public override void Execute()
    {
        Layout = new LayoutPage(title);
        WriteLiteral(Markup.Of($"<div class=\"etl-page\" data-refresh=\"{(int)Refresh.TotalMilliseconds}\">{Body()}</div>").ToString());
    }

    /// <summary>The live parts alone, without the frame and what it costs; a page that names none is one part as a whole.</summary>
    public IReadOnlyList<LivePart> ReadLive(DashboardContext context)
    {
        Attach(new UrlHelper(context), context.IsReadOnly);
        var body = Body().ToString();
        return _parts.Count > 0 ? _parts : [new LivePart("", Mark(body), body)];
    }

    /// <summary>The page's own content, for tests.</summary>
    internal string ReadBody(UrlHelper url, bool readOnly)
    {
        Attach(url, readOnly);
        return Body().ToString();
    }

    protected abstract Markup Body();

    /// <summary>A part that changes while people look.</summary>
    protected Markup Live(string name, Markup content)
    {
        var mark = Mark(content.ToString());
        var part = Markup.Of($"<div class=\"etl-live\" data-part=\"{name}\" data-mark=\"{mark}\">{content}</div>");
        _parts.Add(new LivePart(name, mark, part.ToString()));
        return part;
    }

    protected Markup Link(LoadId load) => Markup.Of($"<a class=\"etl-id\" href=\"{PathTo(load)}\" title=\"{load}\">{load.Short}</a>");

    protected string PathTo(LoadId load) => Url.To("/loads/" + load);

    /// <summary>The list of loads by a filter.</summary>
    protected string PathTo(string filter) => Url.To("/loads") + "?q=" + Uri.EscapeDataString(filter);

    protected Markup Job(string? job) => job is null ? Markup.Empty : Markup.Of($"<a href=\"{Url.JobDetails(job)}\">#{job}</a>");

    /// <summary>A button that posts an action on one load or lane; the page's script asks first and sends the antiforgery token.</summary>
    protected Markup Action(string path, string id, string text, string style, string question) => IsReadOnly
        ? Markup.Empty
        : Markup.Of($"<button type=\"button\" class=\"btn btn-sm btn-{style} etl-action\" data-url=\"{Url.To(path)}\" data-id=\"{id}\" data-question=\"{question}\">{text}</button> ");

    private static string Mark(string html) => XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(html)).ToString("x16", CultureInfo.InvariantCulture);

    private void Attach(UrlHelper url, bool readOnly)
    {
        _url = url;
        _readOnly = readOnly;
        _parts.Clear();
    }
}
