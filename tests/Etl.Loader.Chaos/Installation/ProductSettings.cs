using System.Globalization;

namespace Etl.Loader.Chaos.Installation;

/// <summary>How the product is configured: its own time-outs divided, its sizes lowered, all by environment variables.</summary>
internal sealed class ProductSettings
{
    /// <summary>Bytes from which on a dataset is chunked: of the large files some are, some are not.</summary>
    private const int ChunkedFrom = 8_000_000;

    /// <summary>The product's own defaults, in seconds.</summary>
    private static readonly (string Key, double Seconds)[] Lane =
    [
        ("Poll", 1), ("Heartbeat", 2), ("HolderSilence", 12), ("ProbeLimit", 5), ("Reconcile", 30), ("ChunkGrace", 10), ("Shutdown", 25), ("RetryPoll", 10), ("CancelPoll", 2),
    ];

    private readonly Dictionary<string, string> _environment = [];

    public IReadOnlyDictionary<string, string> Environment => _environment;

    /// <param name="inbox">The directory of a target's inbox.</param>
    public void Configure(CampaignOptions options, string queue, string warehouse, string lake, Func<string, string> inbox)
    {
        _environment["ConnectionStrings__Queue"] = queue;
        Set("Queue:MigrateAtStart", "true");
        Set("Http:Port", "0");
        Set($"Targets:{Stand.Warehouse}:Kind", "PostgreSql");
        Set($"Targets:{Stand.Warehouse}:ConnectionString", warehouse);
        Set($"Targets:{Stand.Warehouse}:PublishWait", options.Shortened(600));
        Set($"Targets:{Stand.Lake}:Kind", "DuckDb");
        Set($"Targets:{Stand.Lake}:Path", lake);
        Set($"Targets:{Stand.Lake}:ReaderWindow", options.Shortened(2));
        foreach (var target in (string[])[Stand.Warehouse, Stand.Lake])
        {
            Set($"Inboxes:{target}:Path", inbox(target));
            Set($"Inboxes:{target}:Target", target);
            Set($"Inboxes:{target}:ScanInterval", options.Shortened(5));
            Set($"Inboxes:{target}:TriggerSettle", options.Shortened(2));
            Set($"Inboxes:{target}:ManifestPatience", options.Shortened(10));
        }

        foreach (var (key, seconds) in Lane)
        {
            Set($"Lane:{key}", options.Shortened(seconds));
        }

        double[] retries = [10, 60, 300, 900];
        for (var i = 0; i < retries.Length; i++)
        {
            Set($"Loads:RetryDelays:{i}", options.Shortened(retries[i]));
        }

        if (!options.OwnSizes)
        {
            // So that loads of a few megabytes have checkpoints, and surveys are kept and used again, or everything is read once.
            Set("Loads:ChunkedFrom", ChunkedFrom);
            Set("Loads:ChunkBytes", 1 << 20);
            Set("Loads:SurveyFirstFrom", ChunkedFrom + 1_000_000);
            Set("Loads:KeepSurveyFrom", 1 << 20);
        }

        Set("Loads:SetBackPause", options.Shortened(30));
        Set("Loads:RedeliveryPatience", options.Shortened(120));
        Set("Loads:OutageProbe", options.Shortened(5));
        Set("Loads:ProgressInterval", options.Shortened(1));
    }

    /// <summary>Outcomes are reported there, and to one who is never there.</summary>
    public void NotifyOf(string address)
    {
        Set("Notifications:Webhooks:told:Url", address);
        Set("Notifications:Webhooks:told:Secret", "whsec_" + Convert.ToBase64String(new byte[32]));
        Set("Notifications:Webhooks:away:Url", "http://127.0.0.1:9/");
        Set("Notifications:Webhooks:away:Secret", "whsec_" + Convert.ToBase64String(new byte[32]));
    }

    private void Set(string key, TimeSpan value) => Set(key, value.ToString("c", CultureInfo.InvariantCulture));

    private void Set(string key, int value) => Set(key, value.ToString(CultureInfo.InvariantCulture));

    private void Set(string key, string value) => _environment["Loader__" + key.Replace(":", "__", StringComparison.Ordinal)] = value;
}
