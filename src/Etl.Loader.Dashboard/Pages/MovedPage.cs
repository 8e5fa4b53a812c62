using Hangfire.Dashboard;

namespace Etl.Loader.Dashboard.Pages;

/// <summary>A page that is at another address of the dashboard: a browser is sent there.</summary>
internal sealed class MovedPage(string path) : RazorPage
{
    public string Path => path;

    public override void Execute() => throw new NotSupportedException("It is never drawn.");
}
