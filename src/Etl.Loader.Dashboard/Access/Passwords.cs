using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Etl.Loader.Dashboard.Access;

/// <summary>Passwords in the framework's own form: PBKDF2 with HMAC-SHA512, salt and number of rounds beside the hash.</summary>
internal static class Passwords
{
    private const int Rounds = 210_000;
    private const byte FormatMarker = 1;
    private const int ShortestHash = 1 + 12 + 16 + 16;

    private static readonly PasswordHasher<UserOptions> Hasher = new(Options.Create(new PasswordHasherOptions { IterationCount = Rounds }));

    /// <summary>Checked for a name that there is not, so that its refusal takes as long as that of a wrong password.</summary>
    private static readonly Lazy<UserOptions> Nobody = new(() => new UserOptions { PasswordHash = Hash(RandomNumberGenerator.GetHexString(32)) });

    public static string Hash(string password) => Hasher.HashPassword(new UserOptions(), password);

    public static bool IsHash(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length) && length >= ShortestHash && bytes[0] == FormatMarker;
    }

    /// <summary>Takes a tenth of a second or so, whether the user is known or not (null).</summary>
    public static bool Verify(UserOptions? user, string password) =>
        Hasher.VerifyHashedPassword(user ?? Nobody.Value, (user ?? Nobody.Value).PasswordHash, password) != PasswordVerificationResult.Failed && user is not null;

    /// <summary>Changes with the password and the role, and reveals neither.</summary>
    public static string Stamp(UserOptions user) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{user.PasswordHash} {user.Role}")))[..16];
}
