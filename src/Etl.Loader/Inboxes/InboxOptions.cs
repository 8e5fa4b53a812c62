using Etl.Loader.Inboxes.Triggers;

namespace Etl.Loader.Inboxes;

/// <summary>What the operator wrote under <c>Loader:Inboxes:&lt;name&gt;</c>.</summary>
internal sealed class InboxOptions
{
    internal const string FileMarkers = "files";
    internal const string NoMarkers = "none";

    /// <summary>The watched directory, absolute.</summary>
    public string Path { get; set; } = "";

    /// <summary>Target of datasets whose trigger names none.</summary>
    public string Target { get; set; } = "";

    /// <summary>Further targets that triggers may name.</summary>
    public IList<string> Targets { get; set; } = [];

    /// <summary>Schemas that triggers may name; empty: only the target's default one.</summary>
    public IList<string> Schemas { get; set; } = [];

    /// <summary>Whether directories below are watched too. Default true.</summary>
    public bool Recursive { get; set; } = true;

    /// <summary>"keep", "delete" or "archive:DIR". Default keep.</summary>
    public string AfterLoad { get; set; } = "keep";

    /// <summary>"files" (markers beside the data) or "none" (nothing is written to the inbox; taken triggers are in the ledger). Default files.</summary>
    public string Markers { get; set; } = FileMarkers;

    /// <summary>
    /// Rules for producers that can only create an empty trigger: the first whose <c>Match</c> fits the dataset gives the keys that the
    /// trigger leaves open. Not bound by name, since a rule has the trigger's keys; read by <see cref="DatasetRuleReader"/>.
    /// </summary>
    internal IReadOnlyList<DatasetRule> Datasets { get; set; } = [];

    /// <summary>Faults found while reading <see cref="Datasets"/>, each with its configuration key; reported with all others at start.</summary>
    internal IReadOnlyList<ConfigurationFault> DatasetFaults { get; set; } = [];

    /// <summary>Pauses before a load of this inbox is tried again, instead of those of <c>Loader:Loads</c>. Default: those.</summary>
    public TimeSpan[]? RetryDelays { get; set; }

    /// <summary>Time between two scans. Default 5 s.</summary>
    public TimeSpan ScanInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>A trigger found only by a scan is taken once unchanged for this long. Default 2 s.</summary>
    public TimeSpan TriggerSettle { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>A manifest that does not parse is refused after it has been unchanged for this long. Default 10 s.</summary>
    public TimeSpan ManifestPatience { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>A watcher of this inbox that has not reported for longer watches nothing: several of its reports, and longer than a scan takes. Default 30 s.</summary>
    public TimeSpan WatcherSilence { get; set; } = TimeSpan.FromSeconds(30);
}
