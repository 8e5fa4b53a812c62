using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Etl.Loader.Dashboard.Access;

/// <summary>Knows programs by the header <c>Authorization: Bearer KEY</c>.</summary>
internal sealed class ApiKeyAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logging, UrlEncoder encoder, IOptions<HttpOptions> http)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logging, encoder)
{
    private const string Bearer = "Bearer ";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
        {
            return Task.FromResult(AuthenticateResult.NoResult());
        }

        if (Find(http.Value.ApiKeys, header[Bearer.Length..].Trim()) is not { } key)
        {
            Log.UnknownKey(Logger, Context.Connection.RemoteIpAddress, Request.Method, Request.Path);
            return Task.FromResult(AuthenticateResult.Fail("The key is not known."));
        }

        var user = Identities.Of(Schemes.ApiKey, $"key {key.Name}", key.Role);
        return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(user, Schemes.ApiKey)));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.StatusCode = StatusCodes.Status401Unauthorized;
        Response.Headers.WWWAuthenticate = "Bearer";
        return Task.CompletedTask;
    }

    /// <summary>Compares with every key, each in constant time: how long it takes reveals nothing.</summary>
    internal static (string Name, Role Role)? Find(IDictionary<string, ApiKeyOptions> keys, string given)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(given));
        (string, Role)? found = null;
        foreach (var (name, key) in keys)
        {
            if (CryptographicOperations.FixedTimeEquals(hash, Convert.FromHexString(key.Hash)))
            {
                found = (name, key.Role);
            }
        }

        return found;
    }
}
