using System.Text.RegularExpressions;
using Etl.Loader.Inboxes.Files;
using Etl.Loader.Inboxes.Triggers;
using Etl.Loader.Inboxes.Watching;
using Microsoft.Extensions.Options;

namespace Etl.Loader.Inboxes;

/// <summary>Finds all faults of the inboxes' configuration at once, each with its key and what is allowed.</summary>
internal sealed partial class InboxOptionsValidator : IValidateOptions<LoaderOptions>
{
    private static readonly TimeSpan ShortestScan = TimeSpan.FromMilliseconds(100);

    private const int LeastReports = 3;

    public static IReadOnlyList<ConfigurationFault> FindFaults(LoaderOptions options)
    {
        var faults = new List<ConfigurationFault>();
        foreach (var (target, settings) in options.Targets)
        {
            if (settings.Schema is { } schema && TableChoice.IsReserved(Naming.Normalise(schema)))
            {
                faults.Add(Reserved($"{LoaderOptions.Section}:Targets:{target}:Schema", schema));
            }
        }

        foreach (var (inbox, settings) in options.Inboxes)
        {
            var key = $"{LoaderOptions.Section}:Inboxes:{inbox}";
            if (!Name().IsMatch(inbox))
            {
                faults.Add(new(key, $"has the name '{inbox}'; names of inboxes are 1 to 31 of a-z, 0-9, '_' and '-', beginning with a letter"));
            }

            CheckPath(key, inbox, settings, options, faults);
            CheckTargets(key, settings, options, faults);
            CheckSchemas(key, settings, faults);
            CheckWords(key, settings, faults);
            faults.AddRange(settings.DatasetFaults);
            CheckRules(key, settings, options, faults);
        }

        return faults;
    }

    public ValidateOptionsResult Validate(string? name, LoaderOptions options) => ConfigurationFault.Result(FindFaults(options));

    private static void CheckPath(string key, string inbox, InboxOptions settings, LoaderOptions options, List<ConfigurationFault> faults)
    {
        if (!Path.IsPathFullyQualified(settings.Path))
        {
            faults.Add(new($"{key}:Path", $"is '{settings.Path}'; expected the absolute path of a directory"));
            return;
        }

        var path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(settings.Path));
        foreach (var (otherName, other) in options.Inboxes)
        {
            if (otherName == inbox || !Path.IsPathFullyQualified(other.Path))
            {
                continue;
            }

            var otherPath = Path.TrimEndingDirectorySeparator(Path.GetFullPath(other.Path));
            if (otherPath == path && string.CompareOrdinal(otherName, inbox) < 0)
            {
                faults.Add(new($"{key}:Path", $"is '{settings.Path}', which is already inbox {otherName}; each inbox needs its own directory"));
            }
            else if (other.Recursive && RealPath.IsBelow(path, otherPath))
            {
                faults.Add(new($"{key}:Path", $"is '{settings.Path}', which is inside inbox {otherName}; move it out, or set {LoaderOptions.Section}:Inboxes:{otherName}:Recursive to false"));
            }
        }
    }

    private static void CheckTargets(string key, InboxOptions settings, LoaderOptions options, List<ConfigurationFault> faults)
    {
        var known = options.Targets.Count == 0 ? "(none)" : string.Join(", ", options.Targets.Keys.Order(StringComparer.Ordinal));
        if (!options.Targets.ContainsKey(settings.Target))
        {
            faults.Add(new($"{key}:Target", $"is '{settings.Target}'; expected one of the targets: {known}"));
        }

        for (var i = 0; i < settings.Targets.Count; i++)
        {
            if (!options.Targets.ContainsKey(settings.Targets[i]))
            {
                faults.Add(new($"{key}:Targets:{i}", $"is '{settings.Targets[i]}'; expected one of the targets: {known}"));
            }
        }
    }

    private static void CheckSchemas(string key, InboxOptions settings, List<ConfigurationFault> faults)
    {
        for (var i = 0; i < settings.Schemas.Count; i++)
        {
            var schema = Naming.Normalise(settings.Schemas[i]);
            if (schema.Length == 0)
            {
                faults.Add(new($"{key}:Schemas:{i}", $"is '{settings.Schemas[i]}'; expected the name of a schema"));
            }
            else if (TableChoice.IsReserved(schema))
            {
                faults.Add(Reserved($"{key}:Schemas:{i}", settings.Schemas[i]));
            }
        }
    }

    private static ConfigurationFault Reserved(string key, string schema) =>
        new(key, $"is '{schema}'; etl_loader*, hangfire, pg_* and information_schema are never loaded into");

    private static void CheckWords(string key, InboxOptions settings, List<ConfigurationFault> faults)
    {
        var after = AfterLoad.Parse(settings.AfterLoad);
        if (after is null)
        {
            faults.Add(new($"{key}:AfterLoad", $"is '{settings.AfterLoad}'; expected keep, delete or archive:DIR"));
        }
        else if (after.Action != AfterLoadAction.Keep && settings.Markers == InboxOptions.NoMarkers)
        {
            faults.Add(new($"{key}:AfterLoad", $"is '{settings.AfterLoad}', and {key}:Markers is 'none', which writes nothing to the inbox; expected keep, or Markers files"));
        }

        if (settings.Markers is not (InboxOptions.FileMarkers or InboxOptions.NoMarkers))
        {
            faults.Add(new($"{key}:Markers", $"is '{settings.Markers}'; expected files or none"));
        }

        faults.AddRange(SettingLimits.Time($"{key}:{nameof(settings.ScanInterval)}", settings.ScanInterval, ShortestScan, SettingLimits.Day));
        faults.AddRange(SettingLimits.Time($"{key}:{nameof(settings.TriggerSettle)}", settings.TriggerSettle, SettingLimits.Shortest, SettingLimits.Day));
        faults.AddRange(SettingLimits.Time($"{key}:{nameof(settings.ManifestPatience)}", settings.ManifestPatience, SettingLimits.Shortest, SettingLimits.Day));
        CheckSilence(key, settings, faults);
        for (var i = 0; i < settings.RetryDelays?.Length; i++)
        {
            faults.AddRange(SettingLimits.Time($"{key}:{nameof(settings.RetryDelays)}:{i}", settings.RetryDelays[i], SettingLimits.Shortest, SettingLimits.Week));
        }
    }

    private static void CheckSilence(string key, InboxOptions settings, List<ConfigurationFault> faults)
    {
        key = $"{key}:{nameof(settings.WatcherSilence)}";
        var outside = SettingLimits.Time(key, settings.WatcherSilence, SettingLimits.Shortest, SettingLimits.Day).ToList();
        faults.AddRange(outside);
        if (outside.Count == 0 && settings.WatcherSilence < InboxWatcher.ReportInterval * LeastReports)
        {
            faults.Add(new(
                key,
                $"is {SettingLimits.Text(settings.WatcherSilence)}; expected {Amounts.Counted(LeastReports, "time")} the {SettingLimits.Text(InboxWatcher.ReportInterval)} between two reports of a watcher, or more; otherwise a live one is considered dead"));
        }
    }

    private static void CheckRules(string key, InboxOptions settings, LoaderOptions options, List<ConfigurationFault> faults)
    {
        if (!options.Targets.ContainsKey(settings.Target))
        {
            return;
        }

        var inbox = new InboxCatalog(new LoaderOptions { Targets = options.Targets, Inboxes = { ["inbox"] = settings } }).Get("inbox");
        foreach (var rule in settings.Datasets)
        {
            try
            {
                var target = TableChoice.Target(inbox, rule.Settings.Target);
                if (rule.Settings.Table is { } table)
                {
                    _ = TableChoice.Table(inbox, target, table, "");
                }
            }
            catch (LoaderException exception)
            {
                faults.Add(new($"{key}:Datasets", $"has a rule for '{rule.Match}' that is not valid: {exception.Message.TrimEnd('.')}"));
            }
        }
    }

    [GeneratedRegex("^[a-z][a-z0-9_-]{0,30}$", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}
