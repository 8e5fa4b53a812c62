using System.Net;

namespace Etl.Loader.Dashboard.Access;

/// <summary>Who gets in without an API key.</summary>
internal enum AccessMode
{
    /// <summary>No one: the port can be reached from elsewhere, and no way to sign in is configured.</summary>
    Closed,

    /// <summary>Requests from this very machine.</summary>
    Local,

    /// <summary>Anyone who signs in; requests from this machine too.</summary>
    SignIn,
}

internal static class AccessModes
{
    /// <summary>
    /// A proxy that passes a client's own headers on, or none, makes any request look local: where one is configured, or the port is open to
    /// others, no request counts as local.
    /// </summary>
    public static AccessMode Mode(this HttpOptions http) =>
        http.Users.Count > 0 || http.OpenIdConnect is not null ? AccessMode.SignIn
        : http.KnownProxies.Count == 0 && IPAddress.TryParse(http.Address, out var address) && IPAddress.IsLoopback(address) ? AccessMode.Local
        : AccessMode.Closed;
}
