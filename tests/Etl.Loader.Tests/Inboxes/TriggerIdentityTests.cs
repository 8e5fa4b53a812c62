using Etl.Loader.Inboxes.Watching;
using Etl.Loader.Ledger;

namespace Etl.Loader.Tests.Inboxes;

public sealed class TriggerIdentityTests : IDisposable
{
    private static readonly TriggerIdentity Delivered = new("a.csv.trigger", 0, DateTimeOffset.UnixEpoch.AddDays(20_000), 7, new string('0', 64));
    private readonly TempInbox _inbox = new();

    public void Dispose() => _inbox.Dispose();

    [Fact]
    public void One_trigger_always_has_one_load_and_every_other_has_another()
    {
        Assert.Equal(Delivered.LoadIn("main"), (Delivered with { ModifiedAt = Delivered.ModifiedAt.ToOffset(TimeSpan.FromHours(5)) }).LoadIn("main"));
        LoadId[] all =
        [
            Delivered.LoadIn("main"),
            Delivered.LoadIn("other"),
            (Delivered with { Path = "b.csv.trigger" }).LoadIn("main"),
            (Delivered with { Bytes = 1 }).LoadIn("main"),
            (Delivered with { ModifiedAt = Delivered.ModifiedAt.AddMicroseconds(1) }).LoadIn("main"),
            (Delivered with { Inode = 8 }).LoadIn("main"),
            (Delivered with { Sha256 = "" }).LoadIn("main"),
        ];
        Assert.Equal(all.Length, all.Distinct().Count());
    }

    [Fact]
    public void The_id_is_a_UUID_of_version_7_with_the_triggers_time()
    {
        var id = Delivered.LoadIn("main");
        Assert.Equal((7, 8), (id.Value.Version, id.Value.Variant & 0xC));
        Assert.Equal(Delivered.ModifiedAt, id.MadeAt);
        Assert.Equal(DateTimeOffset.UnixEpoch, (Delivered with { ModifiedAt = DateTimeOffset.UnixEpoch.AddYears(-100) }).LoadIn("main").MadeAt);
    }

    [Fact]
    public void A_stamp_changes_with_size_time_and_file()
    {
        var path = _inbox.At("a.csv.trigger");
        Assert.Null(TriggerStamp.Of(_inbox.Inbox, "a.csv.trigger"));
        _inbox.Write("a.csv.trigger", "1");
        var first = TriggerStamp.Of(_inbox.Inbox, "a.csv.trigger");
        Assert.Equal(first, TriggerStamp.Of(_inbox.Inbox, "a.csv.trigger"));
        Assert.Equal(0, first!.Value.ModifiedAt.UtcTicks % TimeSpan.TicksPerMicrosecond);

        File.SetLastWriteTimeUtc(path, first.Value.ModifiedAt.UtcDateTime.AddMicroseconds(1));
        Assert.NotEqual(first, TriggerStamp.Of(_inbox.Inbox, "a.csv.trigger"));

        _inbox.Write("other", "1");
        File.SetLastWriteTimeUtc(_inbox.At("other"), first.Value.ModifiedAt.UtcDateTime);
        File.Move(_inbox.At("other"), path, overwrite: true);
        var replaced = TriggerStamp.Of(_inbox.Inbox, "a.csv.trigger");
        Assert.NotEqual(first, replaced);
        Assert.Equal(first.Value with { Inode = 0 }, replaced!.Value with { Inode = 0 });
    }
}
