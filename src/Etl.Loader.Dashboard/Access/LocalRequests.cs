using System.Net;
using Microsoft.AspNetCore.Http;

namespace Etl.Loader.Dashboard.Access;

/// <summary>
/// Recognises requests that come from this very machine. Behind a proxy on the same host every connection is local, so a request that
/// carries a forwarding header did not come from here, whatever the connection says.
/// </summary>
internal static class LocalRequests
{
    private static readonly string[] ForwardingHeaders = ["X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Forwarded", "Via"];

    public static bool Allows(HttpContext context)
    {
        var remote = context.Connection.RemoteIpAddress;
        return remote is not null
            && IPAddress.IsLoopback(remote.IsIPv4MappedToIPv6 ? remote.MapToIPv4() : remote)
            && !ForwardingHeaders.Any(context.Request.Headers.ContainsKey)
            && NamesThisMachine(context.Request.Host.Host);
    }

    /// <summary>A page of a foreign site that resolves its own name to 127.0.0.1 sends that name: it is not let in.</summary>
    private static bool NamesThisMachine(string host) =>
        host is "localhost" || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
