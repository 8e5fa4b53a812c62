namespace Etl.Loader.Survey.Streams;

/// <summary>The next <paramref name="bytes"/> bytes of a stream. Owns <paramref name="inner"/>.</summary>
internal sealed class BoundedStream(Stream inner, long bytes) : ForwardStream
{
    private long _left = bytes;

    public override int Read(Span<byte> buffer)
    {
        var read = inner.Read(buffer[..(int)Math.Min(buffer.Length, _left)]);
        _left -= read;
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
