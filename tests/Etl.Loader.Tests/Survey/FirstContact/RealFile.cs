using System.Text;

namespace Etl.Loader.Tests.Survey.FirstContact;

/// <summary>A small file as people and programs write them, with what a careful reader makes of it.</summary>
/// <param name="Kind">What is unusual about it.</param>
/// <param name="Header">The names divided by '|'; null: the reader would have to ask.</param>
/// <param name="Rows">How many rows it has.</param>
/// <param name="First">The first row, divided by '|', nulls as '∅'.</param>
internal sealed record RealFile(string Kind, byte[] Bytes, string? Header, int Rows = 0, string? First = null)
{
    public string Name { get; init; } = "data.csv";

    public static RealFile Clear(string kind, string text, string header, int rows, string first) => new(kind, Encoding.UTF8.GetBytes(text), header, rows, first);

    public static RealFile Clear(string kind, string encoding, string text, string header, int rows, string first) =>
        new(kind, CodePagesEncodingProvider.Instance.GetEncoding(encoding)!.GetBytes(text), header, rows, first);

    public static RealFile Ask(string kind, string text) => new(kind, Encoding.UTF8.GetBytes(text), null);
}
