using System.Diagnostics.CodeAnalysis;

namespace Etl.Loader.Inboxes.Files;

/// <summary>The names that mean something in an inbox; all other files are the producers' data.</summary>
internal static class InboxName
{
    public const string Trigger = ".trigger";
    public const string Queued = ".queued";
    public const string Loaded = ".loaded";
    public const string Failed = ".failed";

    /// <summary>The file that carries the inbox's id: the proof that the directory is the inbox and not an empty mount point.</summary>
    public const string Identity = ".etl-loader-inbox";

    /// <summary>How much longer than its dataset's a claim's name is.</summary>
    public const int ClaimSuffixBytes = 8 + 1 + IdLength;

    private const int IdLength = 36;

    /// <summary>Hidden files are no one's data and no one's signal: partial copies, editors' files, our own temporary ones.</summary>
    public static bool IsHidden(ReadOnlySpan<char> fileName) => fileName.Length > 0 && fileName[0] == '.';

    public static bool IsTrigger(ReadOnlySpan<char> fileName) => !IsHidden(fileName) && fileName.EndsWith(Trigger);

    public static bool IsQueued(ReadOnlySpan<char> fileName) => !IsHidden(fileName) && fileName.EndsWith(Queued);

    public static bool IsLoaded(ReadOnlySpan<char> fileName) => !IsHidden(fileName) && fileName.EndsWith(Loaded);

    /// <summary>A trigger renamed to <c>X.trigger.&lt;load_id&gt;</c> by the watcher that took it.</summary>
    public static bool IsClaim(ReadOnlySpan<char> fileName) => !IsHidden(fileName) && TrySplitClaim(fileName, out _);

    public static bool IsClaim(string path, [NotNullWhen(true)] out string? dataset, out LoadId load)
    {
        dataset = TrySplitClaim(path, out var id) ? path[..^(IdLength + 1 + Trigger.Length)] : null;
        load = id;
        return dataset is not null;
    }

    public static bool IsOurs(ReadOnlySpan<char> fileName) =>
        IsHidden(fileName) || fileName.EndsWith(Trigger) || fileName.EndsWith(Queued) || fileName.EndsWith(Loaded)
        || fileName.EndsWith(Failed) || TrySplitClaim(fileName, out _);

    public static string ClaimOf(string dataset, LoadId load) => $"{dataset}{Trigger}.{load}";

    /// <summary>A hidden name that nothing else has, for what is being written or taken aside.</summary>
    public static string AsideOf(LoadId load) => $".etl-loader-{load}-{Guid.CreateVersion7():N}.tmp";

    private static bool TrySplitClaim(ReadOnlySpan<char> name, out LoadId id)
    {
        id = default;
        var start = name.Length - IdLength;
        if (start <= Trigger.Length || name[start - 1] != '.' || !name[..(start - 1)].EndsWith(Trigger)
            || !Guid.TryParseExact(name[start..], "D", out var value))
        {
            return false;
        }

        id = new LoadId(value);
        return true;
    }
}
