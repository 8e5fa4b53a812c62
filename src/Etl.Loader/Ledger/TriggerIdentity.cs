using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Etl.Loader.Ledger;

/// <summary>
/// What distinguishes a delivered trigger from every other, where it cannot be renamed when it is taken: the next delivery under the same name differs in one of
/// these.
/// </summary>
/// <param name="Path">Inside the inbox, with '/'.</param>
/// <param name="ModifiedAt">In whole microseconds, as the ledger keeps it.</param>
/// <param name="Inode">As the file system reports it; without the device, whose number differs by host and mount.</param>
/// <param name="Sha256">Of the content; empty where that cannot be read.</param>
internal sealed record TriggerIdentity(string Path, long Bytes, DateTimeOffset ModifiedAt, long Inode, string Sha256)
{
    /// <summary>
    /// The id of the load that this trigger becomes: always the same one, so that a ledger that was restored from an older backup accepts it under the id that
    /// the target's receipt has. A version 7 UUID of the trigger's time; its random part is the rest of the identity.
    /// </summary>
    public LoadId LoadIn(string inbox)
    {
        var reported = string.Create(
            CultureInfo.InvariantCulture, $"{inbox}\0{Path}\0{Bytes}\0{ModifiedAt.UtcTicks / TimeSpan.TicksPerMicrosecond}\0{Inode}\0{Sha256}");
        Span<byte> id = stackalloc byte[24];
        SHA256.HashData(Encoding.UTF8.GetBytes(reported)).AsSpan(0, 16).CopyTo(id[8..]);
        BinaryPrimitives.WriteInt64BigEndian(id, Math.Max(0, ModifiedAt.ToUnixTimeMilliseconds()) << 16);
        id[..6].CopyTo(id[8..]);
        id = id[8..];
        id[6] = (byte)(0x70 | (id[6] & 0x0F));
        id[8] = (byte)(0x80 | (id[8] & 0x3F));
        return new LoadId(new Guid(id, bigEndian: true));
    }
}
