using Etl.Loader.Inboxes;
using Etl.Loader.Inboxes.Watching;
using Etl.Loader.Ledger;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Etl.Loader.Tests.Inboxes;

public class InboxOptionsTests
{
    private static ServiceProvider Provide(params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(
            settings.Append(("Targets:warehouse:Kind", "PostgreSql")).Select(s => KeyValuePair.Create("Loader:" + s.Item1, (string?)s.Item2))).Build();
        var services = new ServiceCollection();
        services.AddLogging();
        services.Configure<LoaderOptions>(configuration.GetSection(LoaderOptions.Section));
        var ledger = new FakeAcceptance();
        services.AddSingleton<IAcceptLoads>(ledger).AddSingleton<ILoadQueries>(ledger).AddSingleton<ITakenTriggers>(ledger);
        services.AddInboxes(configuration).AddInboxWatching();
        return services.BuildServiceProvider();
    }

    private static IEnumerable<string> Faults(params (string Key, string Value)[] settings)
    {
        using var provider = Provide(settings);
        return Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<InboxCatalog>()).Failures;
    }

    [Fact]
    public void Inboxes_and_their_rules_are_bound_and_watched()
    {
        using var provider = Provide(
            ("Inboxes:main:Path", "/data/inbox"), ("Inboxes:main:Target", "warehouse"), ("Inboxes:main:Datasets:0:Match", "a*.csv"),
            ("Inboxes:main:Datasets:0:mode", "append"), ("Inboxes:main:RetryDelays:0", "00:00:07"));
        var inbox = provider.GetRequiredService<InboxCatalog>().Get("main");
        Assert.Equal(LoadMode.Append, Assert.Single(inbox.Rules).Settings.Mode);
        Assert.Equal([TimeSpan.FromSeconds(7)], provider.GetRequiredService<IInboxes>().RetryDelays("main"));
        Assert.Null(provider.GetRequiredService<IInboxes>().RetryDelays("gone"));
        Assert.NotNull(provider.GetRequiredService<FileAcceptor>());
        Assert.NotNull(provider.GetRequiredService<Delivery>());
        Assert.Single(provider.GetServices<IHostedService>().OfType<InboxWatching>());
    }

    [Fact]
    public void All_faults_are_reported_at_once_with_their_keys()
    {
        var faults = Faults(
            ("Inboxes:a:Path", "relative"), ("Inboxes:a:Target", "warehose"), ("Inboxes:a:Markers", "maybe"), ("Inboxes:a:AfterLoad", "burn"),
            ("Inboxes:a:Schemas:0", "etl_loader"), ("Inboxes:a:ScanInterval", "00:00:00"), ("Inboxes:a:Datasets:0:Match", "*"), ("Inboxes:a:Datasets:0:tabel", "x"),
            ("Inboxes:b:Path", "/data/b"), ("Inboxes:b:Target", "warehouse"), ("Inboxes:b:Targets:0", "lake"),
            ("Inboxes:c:Path", "/data/b/c"), ("Inboxes:c:Target", "warehouse"), ("Inboxes:d:Path", "/data/b/"), ("Inboxes:d:Target", "warehouse"),
            ("Inboxes:d:Datasets:0:Match", "*"), ("Inboxes:d:Datasets:0:table", "hangfire.job")).ToList();
        foreach (var expected in (string[])
            [
                "Loader:Inboxes:a:Path is 'relative'; expected the absolute path",
                "Loader:Inboxes:a:Target is 'warehose'; expected one of the targets: warehouse",
                "Loader:Inboxes:a:Markers is 'maybe'; expected files or none",
                "Loader:Inboxes:a:AfterLoad is 'burn'; expected keep, delete or archive:DIR",
                "Loader:Inboxes:a:Schemas:0 is 'etl_loader'",
                "Loader:Inboxes:a:ScanInterval is 00:00:00",
                "Loader:Inboxes:a:Datasets:0 is not a valid rule: unknown key 'tabel'",
                "Loader:Inboxes:b:Targets:0 is 'lake'",
                "Loader:Inboxes:c:Path is '/data/b/c', which is inside inbox b",
                "Loader:Inboxes:d:Path is '/data/b/', which is already inbox b",
                "Loader:Inboxes:d:Datasets has a rule for '*' that is not valid: The schema of 'hangfire.job' is reserved",
            ])
        {
            Assert.Contains(faults, fault => fault.StartsWith(expected, StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("delete")]
    [InlineData("archive:done")]
    public void An_inbox_that_is_only_read_cannot_have_its_files_cleared_away(string after)
    {
        var fault = Assert.Single(Faults(("Inboxes:a:Path", "/data/a"), ("Inboxes:a:Target", "warehouse"), ("Inboxes:a:Markers", "none"), ("Inboxes:a:AfterLoad", after)));
        Assert.Equal($"Loader:Inboxes:a:AfterLoad is '{after}', and Loader:Inboxes:a:Markers is 'none', which writes nothing to the inbox; expected keep, or Markers files", fault.TrimEnd('.'));
    }

    [Fact]
    public void An_inbox_that_is_only_read_is_not_a_fault()
    {
        using var provider = Provide(("Inboxes:a:Path", "/data/a"), ("Inboxes:a:Target", "warehouse"), ("Inboxes:a:Markers", "none"));
        Assert.False(provider.GetRequiredService<InboxCatalog>().Get("a").HasMarkers);
    }

    [Fact]
    public async Task Watching_starts_turns_and_stops()
    {
        using var inbox = new TempInbox();
        await using var provider = Provide(("Inboxes:main:Path", inbox.Root), ("Inboxes:main:Target", "warehouse"), ("Inboxes:main:ScanInterval", "00:00:00.2"), ("Inboxes:main:TriggerSettle", "00:00:00.1"));
        inbox.Deliver("orders.csv");
        var watching = provider.GetRequiredService<InboxWatching>();
        await watching.StartAsync(TestContext.Current.CancellationToken);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(TimeSpan.FromSeconds(20));
        while (!inbox.Has("orders.csv.queued"))
        {
            await Task.Delay(20, deadline.Token);
        }

        await watching.StopAsync(TestContext.Current.CancellationToken);
        await watching.StopAsync(TestContext.Current.CancellationToken);
        Assert.NotNull(Assert.Single(watching.Watchers).LastRoundAt);
    }
}
