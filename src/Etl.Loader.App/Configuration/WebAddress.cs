namespace Etl.Loader.App.Configuration;

internal static class WebAddress
{
    /// <summary>Whether the text is an absolute http or https address.</summary>
    public static bool Is(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps);
}
