namespace Etl.Loader.Dashboard.Pages;

/// <summary>What a browser sees at an address where there is nothing: why, and the way back. The status of the answer is 404.</summary>
internal sealed class MissingPage(string title, string why) : LoaderPage(title)
{
    private readonly string _title = title;

    /// <summary>Of an address that no one thought of.</summary>
    public static MissingPage OfAddress() => new("Nothing here", "There is nothing at this address.");

    protected override Markup Body() => Markup.Of($"""
        <h1 class="page-header">{_title}</h1>
        <div class="alert alert-warning" role="alert">{why}</div>
        <p><a class="btn btn-default" href="{Url.To("/loads")}">Show all loads</a></p>
        """);
}
