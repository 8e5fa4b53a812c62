namespace Etl.Loader.Survey.Streams;

/// <summary>
/// Looks at its token before each read. Whatever reads a dataset goes through here, so that no loop over its bytes outlasts a cancel, however
/// long a line is or however much comes out of a few compressed bytes. Owns <paramref name="inner"/>.
/// </summary>
internal sealed class CancellableStream(Stream inner, CancellationToken token) : ForwardStream
{
    public static Stream Of(Stream inner, CancellationToken token) => token.CanBeCanceled ? new CancellableStream(inner, token) : inner;

    public override int Read(Span<byte> buffer)
    {
        token.ThrowIfCancellationRequested();
        return inner.Read(buffer);
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
