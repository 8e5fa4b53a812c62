namespace Etl.Loader.Dashboard.Access;

/// <summary>What the operator wrote under <c>Loader:Http</c>.</summary>
internal sealed class HttpOptions
{
    public const string Section = "Loader:Http";

    /// <summary>Address to listen on. Default 127.0.0.1.</summary>
    public string Address { get; set; } = "127.0.0.1";

    /// <summary>TCP port, 1 … 65535; 0 takes a free one. Default 5080.</summary>
    public int Port { get; set; } = 5080;

    /// <summary>Path under which a proxy serves the product, for example <c>/etl</c>. Default none.</summary>
    public string PathBase { get; set; } = "";

    /// <summary>Addresses of proxies whose X-Forwarded-For is believed. Default none: a request that carries the header is refused.</summary>
    public IList<string> KnownProxies { get; set; } = [];
}
