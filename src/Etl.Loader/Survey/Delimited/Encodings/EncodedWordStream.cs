using Etl.Loader.Survey.Streams;

namespace Etl.Loader.Survey.Delimited.Encodings;

/// <summary>Passes bytes on to a decoder and gathers the words in them that show their encoding. Owns <paramref name="inner"/>.</summary>
internal sealed class EncodedWordStream(Stream inner) : ForwardStream
{
    private readonly EncodedWords _words = new();

    public override int Read(Span<byte> buffer)
    {
        var read = inner.Read(buffer);
        _words.Observe(buffer[..read], last: false);
        return read;
    }

    /// <summary>All of them, once everything was read.</summary>
    public IReadOnlyList<EncodedWord> Finish()
    {
        _words.Observe([], last: true);
        return _words.Words;
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
