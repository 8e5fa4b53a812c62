using System.Net;
using System.Text.RegularExpressions;
using Etl.Loader.App.Composition;
using Etl.Loader.Dashboard.Access;
using Microsoft.Extensions.Configuration;

namespace Etl.Loader.App.Configuration;

/// <summary>Finds the faults below <c>Loader:Http</c>. Hashes and secrets are never quoted.</summary>
internal static partial class HttpCheck
{
    private static readonly string Roles = string.Join(" and ", Enum.GetNames<Role>()).ToLowerInvariant();
    private static readonly TimeSpan ShortestSignIn = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestSignIn = TimeSpan.FromDays(365);

    public static IEnumerable<ConfigurationFault> FindFaults(IConfigurationSection http) =>
        [.. Listening(http), .. ConnectionsCheck.FindFaults(http, OpenFiles.Allowed()), .. Reading(http), .. Users(http), .. ApiKeys(http), .. OpenId(http.GetSection("OpenIdConnect"))];

    private static IEnumerable<ConfigurationFault> Listening(IConfigurationSection http)
    {
        if (http["Port"] is { } port && !(int.TryParse(port, out var number) && number is >= 0 and <= IPEndPoint.MaxPort))
        {
            yield return new("Loader:Http:Port", $"is '{port}'; expected 0 (any free one) to {IPEndPoint.MaxPort}");
        }

        if (http["Address"] is { } address && !WebAddress.IsIp(address))
        {
            yield return new("Loader:Http:Address", $"is '{address}'; expected an IP address such as 127.0.0.1 or 0.0.0.0");
        }

        if (http["PathBase"] is { Length: > 0 } pathBase && !PathBases().IsMatch(pathBase))
        {
            yield return new("Loader:Http:PathBase", $"is '{pathBase}'; expected a path such as /etl of letters, digits and . _ ~ -, with a leading slash and no trailing one");
        }

        foreach (var proxy in http.GetSection("KnownProxies").GetChildren().Where(p => !WebAddress.IsIp(p.Value)))
        {
            yield return new(proxy.Path, $"is '{proxy.Value}'; expected the IP address of a proxy");
        }
    }

    private static IEnumerable<ConfigurationFault> Reading(IConfigurationSection http)
    {
        if (http["Metrics"] is { } metrics and not ("open" or "login"))
        {
            yield return new("Loader:Http:Metrics", $"is '{metrics}'; expected open or login");
        }

        foreach (var fault in SettingLimits.Time("Loader:Http:SignInLasts", http.GetValue("SignInLasts", new HttpOptions().SignInLasts), ShortestSignIn, LongestSignIn))
        {
            yield return fault;
        }
    }

    private static IEnumerable<ConfigurationFault> Users(IConfigurationSection http)
    {
        foreach (var user in http.GetSection("Users").GetChildren())
        {
            if (!Names().IsMatch(user.Key))
            {
                yield return new(user.Path, "has a name that is not 1 to 64 letters, digits, '.', '_', '-' or '@'");
            }

            if (!Passwords.IsHash(user["PasswordHash"] ?? ""))
            {
                yield return new($"{user.Path}:PasswordHash", "is not what `etl-loader hash-password` prints");
            }

            foreach (var fault in RoleOf(user))
            {
                yield return fault;
            }
        }
    }

    private static IEnumerable<ConfigurationFault> ApiKeys(IConfigurationSection http)
    {
        foreach (var key in http.GetSection("ApiKeys").GetChildren())
        {
            if (!Names().IsMatch(key.Key))
            {
                yield return new(key.Path, "has a name that is not 1 to 64 letters, digits, '.', '_', '-' or '@'");
            }

            if (!Sha256().IsMatch(key["Hash"] ?? ""))
            {
                yield return new($"{key.Path}:Hash", "is not the SHA-256 of a key, 64 hexadecimal digits: printf '%s' \"$KEY\" | sha256sum");
            }

            foreach (var fault in RoleOf(key))
            {
                yield return fault;
            }
        }
    }

    private static IEnumerable<ConfigurationFault> OpenId(IConfigurationSection openId)
    {
        if (!openId.Exists())
        {
            yield break;
        }

        if (!Uri.TryCreate(openId["Authority"], UriKind.Absolute, out var authority)
            || !(authority.Scheme == Uri.UriSchemeHttps || (authority.Scheme == Uri.UriSchemeHttp && authority.IsLoopback)))
        {
            yield return new($"{openId.Path}:Authority", $"is '{openId["Authority"]}'; expected the https address of the provider's issuer (http only on this machine)");
        }

        foreach (var key in (string[])["ClientId", "ClientSecret"])
        {
            if (string.IsNullOrWhiteSpace(openId[key]))
            {
                yield return new($"{openId.Path}:{key}", "is not set; the provider gives it when the loader is registered there");
            }
        }

        foreach (var key in (string[])["NameClaim", "RoleClaim"])
        {
            if (openId[key] is { } claim && string.IsNullOrWhiteSpace(claim))
            {
                yield return new($"{openId.Path}:{key}", "is empty; expected the name of a claim, or no such key");
            }
        }

        if (!openId.GetSection("Operators").GetChildren().Concat(openId.GetSection("Viewers").GetChildren()).Any())
        {
            yield return new(openId.Path, $"names neither Operators nor Viewers, so that no one would have a role; list values of the claim {openId["RoleClaim"] ?? new OpenIdOptions().RoleClaim}");
        }
    }

    private static IEnumerable<ConfigurationFault> RoleOf(IConfigurationSection section) =>
        section["Role"] is { } role && !(Enum.TryParse<Role>(role, ignoreCase: true, out _) && role.All(char.IsAsciiLetter))
            ? [new($"{section.Path}:Role", $"is '{role}'; expected one of {Roles}")]
            : [];

    [GeneratedRegex("^[A-Za-z0-9._@-]{1,64}$")]
    private static partial Regex Names();

    [GeneratedRegex("^(/[A-Za-z0-9._~-]+)+$")]
    private static partial Regex PathBases();

    [GeneratedRegex("^[0-9A-Fa-f]{64}$")]
    private static partial Regex Sha256();
}
