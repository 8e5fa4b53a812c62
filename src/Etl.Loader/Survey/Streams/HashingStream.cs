using System.Security.Cryptography;

namespace Etl.Loader.Survey.Streams;

/// <summary>
/// The bytes of a file as it was delivered, on their way to the decompressor: counts and hashes them, so that the survey of a compressed
/// file reads it once.
/// </summary>
internal sealed class HashingStream(Stream inner) : ForwardStream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private string? _finished;

    public long BytesRead { get; private set; }

    public override int Read(Span<byte> buffer)
    {
        var read = inner.Read(buffer);
        _hash.AppendData(buffer[..read]);
        BytesRead += read;
        return read;
    }

    /// <summary>
    /// The hash of the whole file, lower-case hexadecimal. What no one read yet (bytes behind the last record) is read and hashed first.
    /// </summary>
    public string FinishSha256(CancellationToken token = default)
    {
        if (_finished is null)
        {
            var rest = new byte[64 * 1024];
            while (Read(rest) > 0)
            {
                token.ThrowIfCancellationRequested();
            }

            _finished = Convert.ToHexStringLower(_hash.GetHashAndReset());
        }

        return _finished;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _hash.Dispose();
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
