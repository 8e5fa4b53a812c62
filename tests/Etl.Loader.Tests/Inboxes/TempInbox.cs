using Etl.Loader.Inboxes;
using Etl.Loader.Inboxes.Triggers;
using Etl.Loader.Inboxes.Watching;
using Etl.Loader.Ledger;
using Etl.Loader.Targets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Etl.Loader.Tests.Inboxes;

/// <summary>An inbox in a directory of its own, a ledger in memory and a clock that only the test moves.</summary>
internal sealed class TempInbox : IDisposable
{
    private readonly DirectoryInfo _parent = Directory.CreateTempSubdirectory("inbox-");

    public TempInbox(Action<InboxOptions>? configure = null)
    {
        Root = Path.Combine(_parent.FullName, "inbox");
        Directory.CreateDirectory(Root);
        var options = new InboxOptions { Path = Root, Target = "warehouse", Targets = ["lake"], Schemas = ["public", "sales"] };
        configure?.Invoke(options);
        Options = new LoaderOptions
        {
            Targets = { ["warehouse"] = new TargetOptions(), ["lake"] = new TargetOptions { Kind = TargetKind.DuckDb } },
            Inboxes = { ["main"] = options },
        };
        Catalog = new InboxCatalog(Options);
        Files = new InboxFiles(Catalog, NullLogger<InboxFiles>.Instance);
    }

    public string Root { get; }

    /// <summary>A directory beside the inbox: outside it.</summary>
    public string Outside => _parent.FullName;

    public LoaderOptions Options { get; }

    public InboxCatalog Catalog { get; }

    public InboxFiles Files { get; }

    public Inbox Inbox => Catalog.Get("main");

    public FakeAcceptance Ledger { get; } = new();

    public FakeTimeProvider Time { get; } = new(DateTimeOffset.UnixEpoch.AddDays(20_000));

    public FakeEvents Events { get; private set; } = new();

    public RetentionOptions Retention { get; } = new();

    public InboxWatcher Watcher(Action<WatcherStep, string>? atStep = null)
    {
        Events = new FakeEvents();
        var events = Events;
        return new InboxWatcher(Inbox, Ledger, Ledger, Ledger, Files, (_, _) => events, Retention, Time, NullLogger.Instance, atStep);
    }

    public string At(string relative) => Path.Combine(Root, relative);

    public bool Has(string relative) => File.Exists(At(relative));

    public string Read(string relative) => File.ReadAllText(At(relative));

    public void Write(string relative, string content = "")
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(relative))!);
        File.WriteAllText(At(relative), content);
    }

    /// <summary>Data and its trigger.</summary>
    public void Deliver(string relative, string data = "id\n1\n", string trigger = "")
    {
        Write(relative, data);
        Write(relative + ".trigger", trigger);
    }

    /// <summary>Writes the identity file as a watcher's first round does.</summary>
    public void Introduce() => File.WriteAllText(At(".etl-loader-inbox"), Guid.CreateVersion7().ToString());

    /// <summary>The spec or refusal of one trigger, as the watcher would make it.</summary>
    public NewLoad Trigger(string dataset, string content = "") =>
        TriggerReader.Read(Inbox, dataset, LoadId.New(Time), System.Text.Encoding.UTF8.GetBytes(content), CancellationToken.None);

    public string Refusal(string dataset, string content = "")
    {
        var load = Trigger(dataset, content);
        Assert.NotNull(load.Refusal);
        Assert.NotNull(load.Refusal.Hint);
        return load.Refusal.Error;
    }

    /// <summary>All names in the inbox but the identity file.</summary>
    public string[] Names() => [.. Directory.EnumerateFiles(Root, "*", SearchOption.AllDirectories)
        .Select(f => Path.GetRelativePath(Root, f)).Where(f => f != ".etl-loader-inbox").Order(StringComparer.Ordinal)];

    public void Dispose() => _parent.Delete(recursive: true);
}

/// <summary>Events that a test raises.</summary>
internal sealed class FakeEvents : IInboxEvents
{
    private readonly EventQueue _queue = new();

    public string? ScanningBecause { get; set; }

    public bool HasEnded { get; set; }

    public DateTimeOffset? LastEventAt => null;

    public bool Disposed { get; private set; }

    public void Raise(InboxEventKind kind, string path = "") => _queue.Add(new InboxEvent(kind, path));

    public bool TryRead(out InboxEvent happened) => _queue.TryRead(out happened);

    public Task WaitAsync(CancellationToken token) => _queue.WaitAsync(token);

    public void Dispose() => Disposed = true;
}
