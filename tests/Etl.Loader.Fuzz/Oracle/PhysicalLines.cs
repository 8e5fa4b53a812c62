namespace Etl.Loader.Fuzz.Oracle;

/// <summary>Counts line ends as people do: LF, CR, and CRLF as one.</summary>
internal static class PhysicalLines
{
    public static int In(ReadOnlySpan<byte> text)
    {
        var lines = 0;
        for (var i = 0; i < text.Length; i++)
        {
            lines += text[i] == '\r' || (text[i] == '\n' && (i == 0 || text[i - 1] != '\r')) ? 1 : 0;
        }

        return lines;
    }
}
