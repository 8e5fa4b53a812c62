namespace Etl.Loader.Dashboard.Access;

/// <summary>The ways in.</summary>
internal static class Schemes
{
    /// <summary>Chooses among the others by the request.</summary>
    public const string ByRequest = "etl-loader";

    /// <summary>A login, kept in a cookie.</summary>
    public const string Session = "session";

    public const string ApiKey = "key";

    /// <summary>Requests from this very machine, where no login is configured.</summary>
    public const string Local = "local";

    public const string OpenId = "openid";
}
