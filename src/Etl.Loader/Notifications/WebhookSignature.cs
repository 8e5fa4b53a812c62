using System.Security.Cryptography;
using System.Text;

namespace Etl.Loader.Notifications;

/// <summary>The signature scheme of Standard Webhooks, version 1: HMAC-SHA256 over id, time and body.</summary>
internal static class WebhookSignature
{
    private const string Prefix = "whsec_";

    /// <summary>The fewest bytes of a key.</summary>
    public const int LeastBytes = 24;

    /// <param name="at">In whole seconds since 1970, as the header has it.</param>
    public static string Of(string secret, string id, long at, string body) =>
        "v1," + Convert.ToBase64String(HMACSHA256.HashData(Key(secret), Encoding.UTF8.GetBytes(FormattableString.Invariant($"{id}.{at}.{body}"))));

    /// <summary>Throws <see cref="FormatException"/> where <c>whsec_</c> is not followed by base64.</summary>
    public static byte[] Key(string secret) =>
        secret.StartsWith(Prefix, StringComparison.Ordinal) ? Convert.FromBase64String(secret[Prefix.Length..]) : Encoding.UTF8.GetBytes(secret);
}
