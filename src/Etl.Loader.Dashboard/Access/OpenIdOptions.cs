namespace Etl.Loader.Dashboard.Access;

/// <summary>The provider under <c>Loader:Http:OpenIdConnect</c>.</summary>
internal sealed class OpenIdOptions
{
    /// <summary>The issuer's address, as in its discovery document; https, or http on this machine.</summary>
    public string Authority { get; set; } = "";

    public string ClientId { get; set; } = "";

    public string ClientSecret { get; set; } = "";

    /// <summary>What is asked for beside openid and profile, where the provider needs it to determine the role.</summary>
    public IList<string> Scopes { get; set; } = [];

    /// <summary>Claim of the identity token that names people in the audit; their subject where it is missing.</summary>
    public string NameClaim { get; set; } = "preferred_username";

    /// <summary>Claim of the identity token, on its first level, whose values decide the role.</summary>
    public string RoleClaim { get; set; } = "roles";

    /// <summary>Values of <see cref="RoleClaim"/> that make an operator.</summary>
    public IList<string> Operators { get; set; } = [];

    /// <summary>Values of <see cref="RoleClaim"/> that make a viewer; <c>*</c>: anyone who signs in.</summary>
    public IList<string> Viewers { get; set; } = [];
}
