namespace Etl.Loader.Survey.Streams;

/// <summary>Leaves out the marks (Ctrl-Z) that old systems write behind a text. Anywhere else they stay. Owns <paramref name="inner"/>.</summary>
internal sealed class EndMarkStream(Stream inner) : ForwardStream
{
    public const byte Mark = 0x1A;

    private byte[] _pending = [];
    private int _served;

    /// <summary>Marks held back: at the end of the text those that were left out.</summary>
    public int Skipped { get; private set; }

    public override int Read(Span<byte> buffer)
    {
        while (true)
        {
            if (_served < _pending.Length)
            {
                var taken = Math.Min(buffer.Length, _pending.Length - _served);
                _pending.AsSpan(_served, taken).CopyTo(buffer);
                _served += taken;
                return taken;
            }

            var read = inner.Read(buffer);
            var text = buffer[..read].TrimEnd(Mark);
            if (text.Length == 0 || Skipped == 0)
            {
                Skipped += read - text.Length;
                if (text.Length > 0 || read == 0)
                {
                    return text.Length;
                }

                continue;
            }

            // They were not the last ones.
            _pending = new byte[Skipped + text.Length];
            _pending.AsSpan(0, Skipped).Fill(Mark);
            text.CopyTo(_pending.AsSpan(Skipped));
            (_served, Skipped) = (0, read - text.Length);
        }
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
