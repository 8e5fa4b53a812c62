using Etl.Loader.App.Doctor;
using Etl.Loader.Inboxes;
using Etl.Loader.Inboxes.Triggers;
using Etl.Loader.IntegrationTests.Durability;
using Etl.Loader.IntegrationTests.Queue;
using Etl.Loader.IntegrationTests.Support;
using Etl.Loader.Ledger;

namespace Etl.Loader.IntegrationTests.ReadOnlyInboxes;

/// <summary>The whole product over an inbox that it may only read: from the first line that the doctor prints to a restore from a backup.</summary>
public sealed class ReadOnlyInstallationTests(PostgresServer server) : IDisposable
{
    private readonly ReadOnlyDirectory _directory = new(introduced: false);

    public void Dispose() => _directory.Dispose();

    private async Task<Installation> CreateAsync()
    {
        var installation = await Installation.CreateAsync(server);
        installation.Set("Loader:Inboxes:warehouse:Path", _directory.Root);
        installation.Set("Loader:Inboxes:warehouse:Markers", "none");
        installation.Set("Loader:Inboxes:warehouse:ScanInterval", "00:00:00.200");
        installation.Set("Loader:Inboxes:warehouse:TriggerSettle", "00:00:00.200");
        return installation;
    }

    private static async Task<IReadOnlyList<LoadSummary>> LoadsAsync(Installation installation) =>
        (await installation.Get<ILoadQueries>().ListAsync(new LoadFilter { Inbox = "warehouse" }, null, 100, Installation.Token)).Loads;

    private static async Task UntilAsync(Installation installation, params LoadStatus[] statuses)
    {
        IReadOnlyList<LoadSummary> seen = [];
        await QueueStage.UntilAsync(
            async () => (seen = await LoadsAsync(installation)).Select(l => l.Status).Order().SequenceEqual(statuses.Order()),
            () => $"loads are: {string.Join("; ", seen)}");
    }

    /// <summary>What the doctor finds of the directory; whether it is watched comes after that.</summary>
    private static async Task<Finding> ExamineAsync(Installation installation) =>
        (await Examination.RunAsync(installation.Configuration, clean: null, TimeProvider.System, Installation.Token)).First(f => f.Check == "inbox warehouse");

    /// <summary>Runs what the doctor prints, where the producer has the directory.</summary>
    private void Do(string line)
    {
        var command = line[line.IndexOf("echo ", StringComparison.Ordinal)..].Replace(_directory.Root, _directory.Written, StringComparison.Ordinal);
        var id = command.Split(' ')[1];
        Assert.Equal($"echo {id} > {Path.Combine(_directory.Written, ".etl-loader-inbox")}", command);
        _directory.Write(".etl-loader-inbox", id + "\n");
    }

    [Fact]
    public async Task The_doctor_prints_the_line_that_makes_the_directory_an_inbox()
    {
        await using var installation = await CreateAsync();
        await installation.StartAsync();
        var first = await ExamineAsync(installation);
        Assert.Equal(FindingLevel.Fault, first.Level);
        Do(first.ToDo!);
        Assert.Equal(FindingLevel.Ok, (await ExamineAsync(installation)).Level);

        _directory.Deliver("orders.csv");
        await UntilAsync(installation, LoadStatus.Loaded);
        var id = await File.ReadAllTextAsync(Path.Combine(_directory.Root, ".etl-loader-inbox"), Installation.Token);
        _directory.Remove(".etl-loader-inbox");
        var lost = await ExamineAsync(installation);
        Assert.Equal(FindingLevel.Fault, lost.Level);
        Assert.Contains($"echo {id.Trim()} >", lost.ToDo, StringComparison.Ordinal);

        _directory.Write(".etl-loader-inbox", Guid.CreateVersion7().ToString());
        Assert.Contains("another directory", (await ExamineAsync(installation)).Found, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Delivering_where_one_may_only_read_is_refused_by_name()
    {
        Assert.SkipUnless(_directory.IsEnforced, "root may write here, and no read-only mount is allowed");
        await using var installation = await CreateAsync();
        await installation.StartAsync(EtlLoaderRoles.None);
        _directory.Write(".etl-loader-inbox", Guid.CreateVersion7() + "\n");
        var file = Path.Combine(Path.GetTempPath(), $"delivered-{Guid.CreateVersion7():N}.csv");
        await File.WriteAllTextAsync(file, "id\n1\n", Installation.Token);
        var refusal = await Assert.ThrowsAsync<LoaderException>(
            () => installation.Get<Delivery>().DeliverAsync(file, "warehouse", "orders.csv", new Manifest(), null, Installation.Token));
        File.Delete(file);
        Assert.StartsWith($"Inbox 'warehouse' at {_directory.Root} cannot be written to: ", refusal.Message, StringComparison.Ordinal);
        Assert.Equal([".etl-loader-inbox"], _directory.Names);
    }

    [Fact]
    public async Task Deliveries_are_loaded_and_reported_by_the_ledger_alone_over_restarts_and_a_restore()
    {
        await using var installation = await CreateAsync();
        _directory.Write(".etl-loader-inbox", Guid.CreateVersion7().ToString());
        await installation.StartAsync();
        _directory.Deliver("orders.csv", "id\n1\n");
        await UntilAsync(installation, LoadStatus.Loaded);
        _directory.Deliver("orders.csv", "id\n1\n2\n");
        await UntilAsync(installation, LoadStatus.Loaded, LoadStatus.Loaded);
        Assert.Equal(2L, await installation.CountAsync("orders"));
        await installation.StopAsync();

        await Installation.BackUpAsync(installation.Queue);
        await installation.StartAsync();
        _directory.Deliver("more.csv", "id\n1\n", """{"mode":"append"}""");
        _directory.Deliver("bad.csv", trigger: """{"tabel":"x"}""");
        LoadStatus[] all = [LoadStatus.Loaded, LoadStatus.Loaded, LoadStatus.Loaded, LoadStatus.Failed];
        await UntilAsync(installation, all);
        var ids = (await LoadsAsync(installation)).Select(l => l.LoadId).Order(Comparer<LoadId>.Create((a, b) => a.Value.CompareTo(b.Value))).ToList();
        await installation.StopAsync();

        // The backup knows nothing of them: they come again under their ids, and the target has the one already.
        await Installation.RestoreAsync(installation.Queue);
        await installation.StartAsync();
        await UntilAsync(installation, all);
        Assert.Equal(ids, (await LoadsAsync(installation)).Select(l => l.LoadId).Order(Comparer<LoadId>.Create((a, b) => a.Value.CompareTo(b.Value))));
        Assert.Equal(1L, await installation.CountAsync("more"));
        Assert.Equal(
            [".etl-loader-inbox", "bad.csv", "bad.csv.trigger", "more.csv", "more.csv.trigger", "orders.csv", "orders.csv.trigger"], _directory.Names);
    }
}
