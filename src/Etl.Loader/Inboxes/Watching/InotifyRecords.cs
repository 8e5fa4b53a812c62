using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Etl.Loader.Inboxes.Watching;

/// <param name="Watch">Which directory; -1 with an overflow.</param>
/// <param name="Name">The entry in the directory; empty when the event is about the directory itself.</param>
internal readonly record struct InotifyRecord(int Watch, Inotify.Mask Mask, string Name);

/// <summary>Takes the bytes that inotify gives apart.</summary>
internal static class InotifyRecords
{
    private const int HeaderBytes = 16;

    public static IReadOnlyList<InotifyRecord> Parse(ReadOnlySpan<byte> buffer)
    {
        var records = new List<InotifyRecord>();
        while (buffer.Length >= HeaderBytes)
        {
            var watch = MemoryMarshal.Read<int>(buffer);
            var mask = (Inotify.Mask)MemoryMarshal.Read<uint>(buffer[4..]);
            var length = MemoryMarshal.Read<int>(buffer[12..]);
            var name = buffer.Slice(HeaderBytes, length);
            var end = name.IndexOf((byte)0);
            records.Add(new InotifyRecord(watch, mask, Encoding.UTF8.GetString(end < 0 ? name : name[..end])));
            buffer = buffer[(HeaderBytes + length)..];
        }

        return records;
    }

    /// <summary>The same bytes, made: for tests of what the kernel gives only under load.</summary>
    public static byte[] Format(InotifyRecord record)
    {
        var name = Encoding.UTF8.GetBytes(record.Name);
        var padded = record.Name.Length == 0 ? 0 : (name.Length / HeaderBytes + 1) * HeaderBytes;
        var bytes = new byte[HeaderBytes + padded];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, record.Watch);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4), (uint)record.Mask);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(12), padded);
        name.CopyTo(bytes.AsSpan(HeaderBytes));
        return bytes;
    }
}
