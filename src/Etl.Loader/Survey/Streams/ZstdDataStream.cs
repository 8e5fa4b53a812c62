using ZstdSharp;

namespace Etl.Loader.Survey.Streams;

/// <summary>The content of a zstd file, all its frames in order; an incomplete or damaged one is an error that names the file.</summary>
internal sealed class ZstdDataStream(Stream delivered, string name) : ForwardStream
{
    private readonly DecompressionStream _decoder = new(delivered, checkEndOfStream: true, leaveOpen: false);

    public override int Read(Span<byte> buffer)
    {
        try
        {
            return _decoder.Read(buffer);
        }
        catch (EndOfStreamException exception)
        {
            throw new DatasetException(
                $"{name} is truncated: the file ends inside its zstd stream.", "Deliver it again.", name, inner: exception);
        }
        catch (ZstdException exception)
        {
            throw new DatasetException(
                $"{name} is damaged: its zstd stream cannot be decoded ({exception.Message}).",
                "Deliver it again; windows larger than 128 MB (--long above 27) are not supported.",
                name,
                inner: exception);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _decoder.Dispose();
        }

        base.Dispose(disposing);
    }
}
