using System.Text;
using System.Text.RegularExpressions;
using Etl.Loader.Files;
using Etl.Loader.Ledger;

namespace Etl.Loader.Inboxes.Files;

/// <summary>A marker as text: what is beside the data for people, and the load id by which its owner knows it.</summary>
internal static partial class MarkerFile
{
    /// <summary>Enough for any manifest behind the id.</summary>
    private const int MaxBytes = Triggers.ManifestReader.MaxBytes + 4096;

    /// <summary>First line the load id, then the trigger as delivered: enough to accept the load again after the ledger was restored from a backup.</summary>
    public static byte[] Queued(LoadId load, ReadOnlySpan<byte> trigger) => [.. Encoding.UTF8.GetBytes($"{load}\n"), .. trigger];

    /// <summary>Content of <c>X.failed</c>: how it stands, the load, why, where, and what to do. Of what a message quotes it has what the ledger has: no NUL.</summary>
    public static string Failed(LoadId load, string status, string error, long? line, string? hint)
    {
        var text = new StringBuilder();
        text.Append("status: ").Append(status).Append("\nload: ").Append(load).Append("\nerror: ").Append(error);
        if (line is not null)
        {
            text.Append("\nline: ").Append(line.Value.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        text = (hint is null ? text : text.Append("\nwhat to do: ").Append(hint)).Append('\n');
        return LedgerWords.Storable(text.ToString(), int.MaxValue);
    }

    /// <summary>The first id in the marker; null when there is no marker or none in it.</summary>
    public static LoadId? Owner(DirectoryHandle directory, string name) =>
        SmallFile.Read(directory, name, MaxBytes) is { } content ? OwnerIn(Encoding.UTF8.GetString(content)) : null;

    public static LoadId? OwnerIn(string content)
    {
        var found = Id().Match(content);
        return found.Success && LoadId.TryParse(found.Value, out var load) ? load : null;
    }

    /// <summary>Id and trigger text of a <c>.queued</c> marker; null when it is gone or not ours.</summary>
    public static (LoadId Load, byte[] Trigger)? ReadQueued(DirectoryHandle inbox, string path)
    {
        if (SmallFile.Read(inbox, path, MaxBytes) is not { } content)
        {
            return null;
        }

        var end = Array.IndexOf(content, (byte)'\n');
        return end >= 0 && LoadId.TryParse(Encoding.UTF8.GetString(content, 0, end), out var load) ? (load, content[(end + 1)..]) : null;
    }

    /// <summary>Whole or not at all.</summary>
    public static void Write(DirectoryHandle directory, string name, LoadId load, ReadOnlySpan<byte> content) =>
        SmallFile.Write(directory, name, InboxName.AsideOf(load), content, ownerOnly: false);

    [GeneratedRegex("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}", RegexOptions.CultureInvariant)]
    private static partial Regex Id();
}
