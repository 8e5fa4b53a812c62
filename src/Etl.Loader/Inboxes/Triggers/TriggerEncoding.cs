using System.Text;

namespace Etl.Loader.Inboxes.Triggers;

/// <summary>The text of a trigger as UTF-8: shells write UTF-16, or a byte order mark before nothing at all.</summary>
internal static class TriggerEncoding
{
    private static readonly (byte[] Mark, Encoding Encoding)[] Marks =
    [
        ([0xEF, 0xBB, 0xBF], Encoding.UTF8), ([0xFF, 0xFE, 0, 0], Encoding.UTF32), ([0, 0, 0xFE, 0xFF], new UTF32Encoding(true, true)),
        ([0xFF, 0xFE], Encoding.Unicode), ([0xFE, 0xFF], Encoding.BigEndianUnicode),
    ];

    /// <summary>Without a byte order mark.</summary>
    public static ReadOnlySpan<byte> Utf8(ReadOnlySpan<byte> content)
    {
        foreach (var (mark, encoding) in Marks)
        {
            if (content.StartsWith(mark))
            {
                return encoding is UTF8Encoding ? content[mark.Length..] : Encoding.UTF8.GetBytes(encoding.GetString(content[mark.Length..]));
            }
        }

        return content;
    }
}
