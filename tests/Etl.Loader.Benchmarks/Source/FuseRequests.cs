using System.Buffers.Binary;

namespace Etl.Loader.Benchmarks.Source;

/// <summary>The requests of the kernel's FUSE protocol (linux/fuse.h, version 7.31) that a single regular file answers to, and its answers.</summary>
/// <param name="size">The file's length in bytes.</param>
/// <param name="read">Copies bytes from an offset; returns how many.</param>
internal sealed class FuseRequests(long size, FuseRequests.ReadBytes read)
{
    public const int LargestRead = 1 << 20;
    public const int AnswerHeader = 16;

    private const int RequestHeader = 40;
    private const uint RegularFileReadableByAll = 0x8124;
    private const int NotImplemented = -38;
    private const uint AsyncRead = 1;
    private const uint MaxPages = 1 << 22;
    private const uint DirectIo = 1;

    private readonly long _modified = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();

    public delegate int ReadBytes(long offset, Span<byte> target);

    private enum Operation : uint
    {
        Forget = 2,
        GetAttributes = 3,
        Open = 14,
        Read = 15,
        StatFileSystem = 17,
        Release = 18,
        Flush = 25,
        Initialize = 26,
        Interrupt = 36,
        Destroy = 38,
        BatchForget = 42,
    }

    /// <summary>Writes the answer to a request; returns its length, 0 for requests that get none.</summary>
    public int Answer(ReadOnlySpan<byte> request, Span<byte> answer)
    {
        var body = request[RequestHeader..];
        var content = answer[AnswerHeader..];
        var (length, error) = (Operation)BinaryPrimitives.ReadUInt32LittleEndian(request[4..]) switch
        {
            Operation.Initialize => (Initialize(body, content), 0),
            Operation.GetAttributes => (Attributes(content), 0),
            Operation.Open => (Open(content), 0),
            Operation.Read => (Read(body, content), 0),
            Operation.StatFileSystem => (Zeros(content, 80), 0),
            Operation.Release or Operation.Flush or Operation.Destroy => (0, 0),
            Operation.Forget or Operation.BatchForget or Operation.Interrupt => (-1, 0),
            _ => (0, NotImplemented),
        };
        if (length < 0)
        {
            return 0;
        }

        BinaryPrimitives.WriteInt32LittleEndian(answer, AnswerHeader + length);
        BinaryPrimitives.WriteInt32LittleEndian(answer[4..], error);
        request.Slice(8, 8).CopyTo(answer[8..]);
        return AnswerHeader + length;
    }

    private static int Initialize(ReadOnlySpan<byte> body, Span<byte> content)
    {
        var length = Zeros(content, 64);
        var offered = BinaryPrimitives.ReadUInt32LittleEndian(body[12..]);
        BinaryPrimitives.WriteUInt32LittleEndian(content, 7);
        BinaryPrimitives.WriteUInt32LittleEndian(content[4..], 31);
        BinaryPrimitives.WriteUInt32LittleEndian(content[8..], LargestRead);
        BinaryPrimitives.WriteUInt32LittleEndian(content[12..], offered & (AsyncRead | MaxPages));
        BinaryPrimitives.WriteUInt16LittleEndian(content[16..], 16);
        BinaryPrimitives.WriteUInt16LittleEndian(content[18..], 12);
        BinaryPrimitives.WriteUInt32LittleEndian(content[20..], 4096);
        BinaryPrimitives.WriteUInt32LittleEndian(content[24..], 1);
        BinaryPrimitives.WriteUInt16LittleEndian(content[28..], LargestRead / 4096);
        return length;
    }

    private int Read(ReadOnlySpan<byte> body, Span<byte> content)
    {
        var offset = (long)BinaryPrimitives.ReadUInt64LittleEndian(body[8..]);
        var length = (int)BinaryPrimitives.ReadUInt32LittleEndian(body[16..]);
        return read(offset, content[..length]);
    }

    private int Attributes(Span<byte> content)
    {
        var length = Zeros(content, 104);
        BinaryPrimitives.WriteUInt64LittleEndian(content, 3600);
        var attributes = content[16..];
        BinaryPrimitives.WriteUInt64LittleEndian(attributes, 1);
        BinaryPrimitives.WriteUInt64LittleEndian(attributes[8..], (ulong)size);
        BinaryPrimitives.WriteUInt64LittleEndian(attributes[16..], (ulong)((size + 511) / 512));
        for (var time = 24; time <= 40; time += 8)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(attributes[time..], (ulong)_modified);
        }

        BinaryPrimitives.WriteUInt32LittleEndian(attributes[60..], RegularFileReadableByAll);
        BinaryPrimitives.WriteUInt32LittleEndian(attributes[64..], 1);
        BinaryPrimitives.WriteUInt32LittleEndian(attributes[80..], 4096);
        return length;
    }

    /// <summary>Past the page cache: every byte that someone reads is asked for here, and none that no one reads.</summary>
    private static int Open(Span<byte> content)
    {
        var length = Zeros(content, 16);
        BinaryPrimitives.WriteUInt32LittleEndian(content[8..], DirectIo);
        return length;
    }

    private static int Zeros(Span<byte> content, int length)
    {
        content[..length].Clear();
        return length;
    }
}
