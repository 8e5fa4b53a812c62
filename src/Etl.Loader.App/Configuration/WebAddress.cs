using System.Net;
using System.Net.Sockets;

namespace Etl.Loader.App.Configuration;

internal static class WebAddress
{
    /// <summary>Whether the text is an absolute http or https address.</summary>
    public static bool Is(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps);

    /// <summary>Whether the text is an IP address as people write it; what else the parser takes (<c>5</c>, <c>0x7f.1</c>) is a slip.</summary>
    public static bool IsIp(string? text) =>
        IPAddress.TryParse(text, out var address) && (address.AddressFamily == AddressFamily.InterNetworkV6 || address.ToString() == text);
}
