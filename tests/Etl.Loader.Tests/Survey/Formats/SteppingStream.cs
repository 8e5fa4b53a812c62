namespace Etl.Loader.Tests.Survey.Formats;

/// <summary>Gives so many bytes at a time, as pipes and decoders do.</summary>
internal sealed class SteppingStream(byte[] bytes, int step) : MemoryStream(bytes)
{
    public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(step, buffer.Length)]);

    public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(step, count));
}
