using Etl.Loader.Files;
using Etl.Loader.Ledger;

namespace Etl.Loader.Inboxes.Watching;

/// <summary>What a look at a trigger shows without opening it: while it stays the same, so does the trigger.</summary>
internal readonly record struct TriggerStamp(long Bytes, DateTimeOffset ModifiedAt, long Inode)
{
    /// <summary>Null when there is nothing at the path. Throws as <see cref="Inbox.Stat"/>.</summary>
    public static TriggerStamp? Of(Inbox inbox, string path) => inbox.Stat(path) is { } stat ? Of(stat) : null;

    public static TriggerStamp Of(FileStat stat) => new(stat.Bytes, Whole(stat.ModifiedAt), unchecked((long)stat.Place.Inode));

    public static TriggerStamp Of(TriggerIdentity trigger) => new(trigger.Bytes, trigger.ModifiedAt, trigger.Inode);

    public TriggerIdentity With(string path, TriggerText text) => new(path, Bytes, ModifiedAt, Inode, text.Sha256);

    /// <summary>Microseconds: as much as the ledger keeps.</summary>
    private static DateTimeOffset Whole(DateTimeOffset time) => time.AddTicks(-(time.UtcTicks % TimeSpan.TicksPerMicrosecond));
}
