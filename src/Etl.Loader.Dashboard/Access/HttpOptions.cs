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

    /// <summary>People who sign in with a password, by name. With any, no one gets in without signing in. Default none.</summary>
    public IDictionary<string, UserOptions> Users { get; set; } = new Dictionary<string, UserOptions>(StringComparer.Ordinal);

    /// <summary>A provider at which people sign in. With it, no one gets in without signing in. Default none.</summary>
    public OpenIdOptions? OpenIdConnect { get; set; }

    /// <summary>Keys of programs that use the API, by name. Default none.</summary>
    public IDictionary<string, ApiKeyOptions> ApiKeys { get; set; } = new Dictionary<string, ApiKeyOptions>(StringComparer.Ordinal);

    /// <summary>Who reads <c>/metrics</c>: "login" as all else, "open" everyone who reaches the port. Default login.</summary>
    public string Metrics { get; set; } = "login";

    /// <summary>True: who may only read sees no message, note or value that may be a cell's. Default false.</summary>
    public bool MaskValues { get; set; }

    /// <summary>Connections at once, beyond which new ones wait. Default: 1000, or what the limit of open files leaves.</summary>
    public int? MaxConnections { get; set; }

    /// <summary>How long a login lasts since it was last used. Default 12 h.</summary>
    public TimeSpan SignInLasts { get; set; } = TimeSpan.FromHours(12);
}
