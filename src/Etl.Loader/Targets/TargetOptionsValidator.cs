using System.Globalization;
using System.Text.RegularExpressions;
using Etl.Loader.Ledger;
using Microsoft.Extensions.Options;

namespace Etl.Loader.Targets;

/// <summary>Checks the targets; gathers all faults, each with its configuration key and what is allowed. Inboxes are checked by their own station (<see cref="Inboxes.InboxOptionsValidator"/>).</summary>
internal sealed partial class TargetOptionsValidator : IValidateOptions<LoaderOptions>
{
    private const int MostStreams = 16;
    private const int MostThreads = 256;
    private const double LeastMemory = 128e6;
    private static readonly TimeSpan LongestWindow = TimeSpan.FromHours(1);

    public static IEnumerable<ConfigurationFault> FindFaults(LoaderOptions options) =>
        options.Targets.SelectMany(target => Target($"{LoaderOptions.Section}:Targets:{target.Key}", target.Key, target.Value)).Concat(SharedFiles(options));

    private static IEnumerable<ConfigurationFault> SharedFiles(LoaderOptions options) =>
        options.Targets.Where(t => t.Value.Kind == TargetKind.DuckDb && Path.IsPathFullyQualified(t.Value.Path ?? ""))
            .GroupBy(t => Path.GetFullPath(t.Value.Path!), StringComparer.Ordinal)
            .SelectMany(file => file.Skip(1).Select(other => new ConfigurationFault(
                $"{LoaderOptions.Section}:Targets:{other.Key}:Path", $"is '{other.Value.Path}', which is the file of target {file.First().Key}; each target needs its own file")));

    public ValidateOptionsResult Validate(string? name, LoaderOptions options) => ConfigurationFault.Result(FindFaults(options));

    private static IEnumerable<ConfigurationFault> Target(string key, string name, TargetOptions settings)
    {
        if (!TargetName().IsMatch(name))
        {
            yield return new(key, $"has the name '{name}'; names of targets are 1 to 31 lower-case letters, digits and '_', beginning with a letter");
        }

        if (settings.Schema is { } schema && string.IsNullOrWhiteSpace(schema))
        {
            yield return new($"{key}:Schema", "is empty; expected the name of a schema, or no such key");
        }

        if (settings.Kind == TargetKind.PostgreSql)
        {
            foreach (var fault in ConnectionStringCheck.FindFaults($"{key}:ConnectionString", settings.ConnectionString))
            {
                yield return fault;
            }
        }
        else if (!Path.IsPathFullyQualified(settings.Path ?? "") || Path.GetFileName(settings.Path)?.Length == 0)
        {
            yield return new($"{key}:Path", $"is '{settings.Path}'; a DuckDB target needs the absolute path of its file");
        }

        if (settings.Streams is < 1 or > MostStreams)
        {
            yield return new($"{key}:Streams", $"is {settings.Streams}; expected 1 to {MostStreams}");
        }

        foreach (var fault in SettingLimits.Time($"{key}:PublishWait", settings.PublishWait, SettingLimits.Shortest, SettingLimits.Week).Concat(DuckDb(key, settings)))
        {
            yield return fault;
        }
    }

    private static IEnumerable<ConfigurationFault> DuckDb(string key, TargetOptions settings)
    {
        if (Bytes(settings.MemoryLimit) is not >= LeastMemory)
        {
            yield return new($"{key}:MemoryLimit", $"is '{settings.MemoryLimit}'; expected a number with MB, GB, TB, MiB, GiB or TiB, at least 128MB");
        }

        if (settings.Threads is < 1 or > MostThreads)
        {
            yield return new($"{key}:Threads", $"is {settings.Threads}; expected 1 to {MostThreads}");
        }

        if (settings.TempDirectory is { } directory && !Path.IsPathFullyQualified(directory))
        {
            yield return new($"{key}:TempDirectory", $"is '{directory}'; an absolute path is needed");
        }

        if (settings.ReaderWindow < TimeSpan.Zero || settings.ReaderWindow > LongestWindow)
        {
            yield return new($"{key}:ReaderWindow", $"is {settings.ReaderWindow}; expected 00:00:00 to {LongestWindow}");
        }
    }

    /// <summary>Null where the text is not an amount of memory.</summary>
    private static double? Bytes(string text)
    {
        var amount = Memory().Match(text);
        if (!amount.Success)
        {
            return null;
        }

        var unit = amount.Groups[3].Success ? 1024.0 : 1000.0;
        var power = "KMGT".IndexOf(char.ToUpperInvariant(amount.Groups[2].ValueSpan[0]), StringComparison.Ordinal) + 1;
        return double.Parse(amount.Groups[1].ValueSpan, CultureInfo.InvariantCulture) * Math.Pow(unit, power);
    }

    [GeneratedRegex(@"^(\d{1,6}(?:\.\d{1,3})?) ?([MGT])(i)?B$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Memory();

    [GeneratedRegex("^[a-z][a-z0-9_]{0,30}$")]
    private static partial Regex TargetName();
}
