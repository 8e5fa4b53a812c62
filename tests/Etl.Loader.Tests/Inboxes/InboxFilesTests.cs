using Etl.Loader.Inboxes;
using Etl.Loader.Ledger;

namespace Etl.Loader.Tests.Inboxes;

public sealed class InboxFilesTests : IDisposable
{
    private readonly TempInbox _inbox = new();

    public InboxFilesTests() => _inbox.Introduce();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _inbox.Dispose();

    private NewLoad Load(string dataset, TempInbox? inbox = null) => (inbox ?? _inbox).Trigger(dataset);

    private static LoadId LaterThan(NewLoad load) =>
        LoadId.New(new Microsoft.Extensions.Time.Testing.FakeTimeProvider(load.Id.MadeAt + TimeSpan.FromMilliseconds(1)));

    private Task<bool> Report(NewLoad load, LoadStatus status, TempInbox? inbox = null) =>
        (inbox ?? _inbox).Files.WriteMarkerAsync(load.Id, load.Spec, status, $$"""{"load_id":"{{load.Id}}","status":"{{status}}"}""", Token);

    [Fact]
    public void Files_are_found_as_they_were_at_acceptance()
    {
        _inbox.Write("sub/a.csv", "123");
        var source = Assert.Single(_inbox.Files.Resolve(Load("sub/a.csv").Spec));
        Assert.Equal("sub/a.csv", source.Name);
        Assert.Equal("123", File.ReadAllText(source.Path));
    }

    [Fact]
    public void A_marker_of_a_failure_is_text_whatever_its_message_quotes() => Assert.DoesNotContain(
        '\0', Etl.Loader.Inboxes.Files.MarkerFile.Failed(LoadId.New(TimeProvider.System), "failed", "a.csv: line 1 ('i\0d,name') is damaged", line: 1, hint: null));

    [Fact]
    public void A_file_that_grew_was_touched_or_vanished_is_named()
    {
        _inbox.Write("grew.csv", "123");
        _inbox.Write("touched.csv", "123");
        _inbox.Write("gone.csv", "123");
        var (grew, touched, gone) = (Load("grew.csv").Spec, Load("touched.csv").Spec, Load("gone.csv").Spec);
        File.AppendAllText(_inbox.At("grew.csv"), "4");
        File.SetLastWriteTimeUtc(_inbox.At("touched.csv"), new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        File.Delete(_inbox.At("gone.csv"));
        Assert.Contains("it had 3 bytes", Assert.Throws<DatasetException>(() => _inbox.Files.VerifyUnchanged(grew)).Message, StringComparison.Ordinal);
        Assert.Equal("touched.csv", Assert.Throws<DatasetException>(() => _inbox.Files.VerifyUnchanged(touched)).File);
        Assert.Contains("does not exist", Assert.Throws<DatasetException>(() => _inbox.Files.Resolve(gone)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_became_a_link_out_of_the_inbox_is_refused()
    {
        _inbox.Write("a.csv", "123");
        var spec = Load("a.csv").Spec;
        File.Delete(_inbox.At("a.csv"));
        File.WriteAllText(Path.Combine(_inbox.Outside, "secret"), "123");
        File.CreateSymbolicLink(_inbox.At("a.csv"), "../secret");
        Assert.Contains("leads out", Assert.Throws<DatasetException>(() => _inbox.Files.Resolve(spec)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_inbox_without_identity_is_away_and_its_files_are_not_missing()
    {
        _inbox.Write("a.csv", "123");
        var spec = Load("a.csv").Spec;
        File.Delete(_inbox.At(".etl-loader-inbox"));
        File.Delete(_inbox.At("a.csv"));
        Assert.Throws<InboxAwayException>(() => _inbox.Files.Resolve(spec));
    }

    [Fact]
    public void Refreshing_takes_the_files_as_they_are_now()
    {
        _inbox.Write("a.csv", "123");
        var spec = Load("a.csv").Spec;
        File.AppendAllText(_inbox.At("a.csv"), "45");
        var fresh = _inbox.Files.Refresh(spec);
        Assert.Equal(5, Assert.Single(fresh.Files).Bytes);
        _inbox.Files.VerifyUnchanged(fresh);
    }

    [Fact]
    public async Task An_outcome_takes_the_place_of_the_loads_own_markers()
    {
        _inbox.Write("a.csv");
        var load = Load("a.csv");
        Assert.True(await Report(load, LoadStatus.Queued));
        Assert.Equal(["a.csv", "a.csv.queued"], _inbox.Names());
        Assert.True(await Report(load, LoadStatus.Failed));
        Assert.Equal(["a.csv", "a.csv.failed"], _inbox.Names());
        Assert.True(await Report(load, LoadStatus.Queued));
        Assert.True(await Report(load, LoadStatus.Loaded));
        Assert.Equal(["a.csv", "a.csv.loaded"], _inbox.Names());
        Assert.Equal($$"""{"load_id":"{{load.Id}}","status":"Loaded"}""", _inbox.Read("a.csv.loaded"));
    }

    [Fact]
    public async Task No_one_replaces_the_marker_of_another_load()
    {
        _inbox.Write("a.csv");
        var (older, newer) = (Load("a.csv"), Load("a.csv"));
        await Report(newer, LoadStatus.Queued);
        Assert.False(await Report(older, LoadStatus.Loaded));
        Assert.False(await Report(older, LoadStatus.Queued));
        Assert.StartsWith(newer.Id.ToString(), _inbox.Read("a.csv.queued"), StringComparison.Ordinal);
        await Report(newer, LoadStatus.Loaded);
        Assert.False(await Report(older, LoadStatus.Failed));
        Assert.Equal(["a.csv", "a.csv.loaded"], _inbox.Names());
        Assert.Contains(newer.Id.ToString(), _inbox.Read("a.csv.loaded"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(nameof(LoadStatus.Loaded))]
    [InlineData(nameof(LoadStatus.Superseded))]
    public async Task A_reload_is_reported_in_place_of_what_was_reported_before(string before)
    {
        _inbox.Write("a.csv");
        var load = Load("a.csv");
        await Report(load, Enum.Parse<LoadStatus>(before));
        var reload = load with { Id = LaterThan(load) };
        var reported = _inbox.Names();
        Assert.False(await Report(reload, LoadStatus.Failed));
        Assert.Equal(reported, _inbox.Names());
        Assert.True(await Report(reload, LoadStatus.Loaded));
        Assert.Equal(["a.csv", "a.csv.loaded"], _inbox.Names());
        Assert.Contains(reload.Id.ToString(), _inbox.Read("a.csv.loaded"), StringComparison.Ordinal);
        Assert.False(await Report(load, LoadStatus.Failed));
        Assert.Equal(["a.csv", "a.csv.loaded"], _inbox.Names());
    }

    [Theory]
    [InlineData(nameof(LoadStatus.Queued), "a.csv.queued")]
    [InlineData(nameof(LoadStatus.Loaded), "a.csv.loaded")]
    [InlineData(nameof(LoadStatus.Failed), "a.csv.failed")]
    public async Task A_claim_that_another_watcher_overtook_leaves_the_later_marker(string later, string marker)
    {
        _inbox.Write("a.csv");
        var overtaken = Load("a.csv");
        var newer = overtaken with { Id = LaterThan(overtaken) };
        using var markers = new Etl.Loader.Inboxes.Files.DatasetMarkers(_inbox.Inbox, "a.csv");
        await File.WriteAllTextAsync(_inbox.At($"a.csv.trigger.{overtaken.Id}"), "", Token);
        await Report(newer, LoadStatus.Queued);
        await Report(newer, Enum.Parse<LoadStatus>(later));
        markers.QueuedForClaim(overtaken.Id, []);
        Assert.Equal(["a.csv", marker], _inbox.Names());
        Assert.Contains(newer.Id.ToString(), _inbox.Read(marker), StringComparison.Ordinal);
        Assert.False(await Report(overtaken, LoadStatus.Failed));
        Assert.True(await Report(newer, LoadStatus.Loaded));
        Assert.Equal(["a.csv", "a.csv.loaded"], _inbox.Names());
    }

    [Fact]
    public async Task A_marker_without_its_load_gets_it()
    {
        _inbox.Write("a.csv");
        var load = Load("a.csv");
        await _inbox.Files.WriteMarkerAsync(load.Id, load.Spec, LoadStatus.Failed, "broken\n", Token);
        Assert.Equal($"load: {load.Id}\nbroken\n", _inbox.Read("a.csv.failed"));
    }

    [Fact]
    public async Task An_absent_inbox_is_not_a_fault_of_the_load()
    {
        _inbox.Write("a.csv");
        var load = Load("a.csv");
        File.Delete(_inbox.At(".etl-loader-inbox"));
        Assert.False(await Report(load, LoadStatus.Loaded));
    }

    [Theory]
    [InlineData("delete", null)]
    [InlineData("archive:done", "done")]
    public async Task Data_goes_after_the_load_only_where_the_inbox_says_so(string afterLoad, string? directory)
    {
        using var inbox = new TempInbox(o => o.AfterLoad = afterLoad);
        inbox.Introduce();
        inbox.Write("sub/a.csv", "123");
        var load = Load("sub/a.csv", inbox);
        await Report(load, LoadStatus.Failed, inbox);
        Assert.True(inbox.Has("sub/a.csv"));
        Assert.True(await Report(load, LoadStatus.Loaded, inbox));
        string[] expected = directory is null ? ["sub/a.csv.loaded"] : [$"{directory}/{load.Id}/sub/a.csv", "sub/a.csv.loaded"];
        Assert.Equal(expected, inbox.Names());
    }

    [Fact]
    public async Task A_newer_delivery_is_never_cleared_away()
    {
        using var inbox = new TempInbox(o => o.AfterLoad = "delete");
        inbox.Introduce();
        inbox.Write("a.csv", "123");
        var load = Load("a.csv", inbox);
        inbox.Write("a.csv", "newer");
        await Report(load, LoadStatus.Loaded, inbox);
        Assert.Equal("newer", inbox.Read("a.csv"));
    }

    [Fact]
    public async Task Data_that_is_kept_is_not_touched()
    {
        _inbox.Write("a.csv", "123");
        var load = Load("a.csv");
        var before = File.GetLastWriteTimeUtc(_inbox.At("a.csv"));
        await Report(load, LoadStatus.Loaded);
        Assert.Equal(("123", before), (_inbox.Read("a.csv"), File.GetLastWriteTimeUtc(_inbox.At("a.csv"))));
    }
}
