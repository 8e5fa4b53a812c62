using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;

namespace Etl.Loader.Dashboard.Access;

/// <summary>
/// Slows guessing: tries are counted by network and by name. Its limits begin with the first try, since they keep a timer.
/// </summary>
internal sealed class GuessLimit : IDisposable
{
    /// <summary>Tries a minute from one address, or from one /64 of IPv6.</summary>
    public const int PerNetwork = 10;

    /// <summary>Tries in ten minutes for one name, from wherever.</summary>
    public const int PerName = 30;

    /// <summary>Names that there are not share so many counts: they are slowed as others are, and no flood of them fills the memory.</summary>
    private const int Unknown = 64;

    private readonly Lazy<PartitionedRateLimiter<(string Network, string Name)>> _tries = new(() => PartitionedRateLimiter.CreateChained(
        PartitionedRateLimiter.Create<(string Network, string Name), string>(of => Window(of.Network, PerNetwork, TimeSpan.FromMinutes(1))),
        PartitionedRateLimiter.Create<(string Network, string Name), string>(of => Window(of.Name, PerName, TimeSpan.FromMinutes(10)))));

    /// <param name="known">Whether there is someone of this name.</param>
    public bool Allows(IPAddress? from, string name, bool known)
    {
        var counted = known ? name : $" {(uint)string.GetHashCode(name, StringComparison.Ordinal) % Unknown}";
        using var lease = _tries.Value.AttemptAcquire((Network(from), counted));
        return lease.IsAcquired;
    }

    public void Dispose()
    {
        if (_tries.IsValueCreated)
        {
            _tries.Value.Dispose();
        }
    }

    private static RateLimitPartition<string> Window(string key, int tries, TimeSpan window) => RateLimitPartition.GetFixedWindowLimiter(
        key, _ => new FixedWindowRateLimiterOptions { PermitLimit = tries, Window = window, QueueLimit = 0 });

    private static string Network(IPAddress? from) => from switch
    {
        null => "",
        { IsIPv4MappedToIPv6: true } => from.MapToIPv4().ToString(),
        { AddressFamily: AddressFamily.InterNetworkV6 } => Convert.ToHexString(from.GetAddressBytes().AsSpan(0, 8)),
        _ => from.ToString(),
    };
}
