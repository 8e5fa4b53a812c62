using System.Security.Claims;
using System.Security.Cryptography;
using Etl.Loader.Queue.Actions;

namespace Etl.Loader.Dashboard.Access;

/// <summary>The one form in which pages and API know who asks, whichever way they came in.</summary>
internal static class Identities
{
    /// <summary>Ties a login to what let it in, so that it ends when that changes.</summary>
    public const string Stamp = "stamp";

    /// <summary>The login itself, so that it can be ended.</summary>
    private const string Session = "sid";

    private const string Name = "name";
    private const string RoleName = "role";
    private const string Subject = "sub";

    /// <param name="scheme">How they came in; one of <see cref="Schemes"/>.</param>
    /// <param name="name">As the audit records it.</param>
    public static ClaimsPrincipal Of(string scheme, string name, Role role, string stamp = "") => new(new ClaimsIdentity(
        [new(Subject, $"{scheme}:{name}"), new(Name, name), new(RoleName, role.ToString()), new(Stamp, stamp)], scheme, Name, RoleName));

    /// <summary>Someone who signs in now: the login has an id of its own.</summary>
    public static ClaimsPrincipal OfLogin(string scheme, string name, Role role, string stamp)
    {
        var user = Of(scheme, name, role, stamp);
        ((ClaimsIdentity)user.Identity!).AddClaim(new(Session, new Guid(RandomNumberGenerator.GetBytes(16)).ToString()));
        return user;
    }

    /// <summary>The id of the login; null for who has not signed in.</summary>
    public static Guid? Login(this ClaimsPrincipal user) => Guid.TryParse(user.FindFirstValue(Session), out var session) ? session : null;

    /// <summary>Reads everything but the raw text of rejected rows.</summary>
    public static bool MayRead(this ClaimsPrincipal user) => user.IsInRole(nameof(Role.Viewer)) || user.MayAct();

    /// <summary>Acts on loads and lanes, and reads the raw text of rejected rows.</summary>
    public static bool MayAct(this ClaimsPrincipal user) => user.IsInRole(nameof(Role.Operator));

    /// <summary>Who is asking, for the audit.</summary>
    public static Actor Actor(this ClaimsPrincipal user, string? reason = null) =>
        new(user.Identity?.Name ?? "nobody", string.IsNullOrWhiteSpace(reason) ? null : reason.Trim());
}
