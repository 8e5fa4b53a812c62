using System.IO.Hashing;

namespace Etl.Loader.Survey;

/// <summary>
/// Shows whether a chunk's bytes are those the survey saw, at memory speed: XXH128, lower-case hexadecimal. It is there to find changed and
/// damaged files; what proves a dataset to others is the SHA-256 of the whole.
/// </summary>
internal sealed class ChunkHash
{
    private readonly XxHash128 _hash = new();

    public void Append(ReadOnlySpan<byte> bytes) => _hash.Append(bytes);

    /// <summary>The hash of what was appended since the last call.</summary>
    public string Finish()
    {
        var finished = Convert.ToHexStringLower(_hash.GetCurrentHash());
        _hash.Reset();
        return finished;
    }
}
