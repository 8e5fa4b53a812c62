using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace Etl.Loader.Targets;

/// <summary>Checks the targets; gathers all faults, each with its configuration key and what is allowed. Inboxes are checked by their own station.</summary>
internal sealed partial class TargetOptionsValidator : IValidateOptions<LoaderOptions>
{
    private const int MostStreams = 16;
    private const int MostThreads = 256;
    private const double LeastMemory = 128e6;
    private static readonly TimeSpan LongestWindow = TimeSpan.FromHours(1);

    public ValidateOptionsResult Validate(string? name, LoaderOptions options)
    {
        var faults = new List<string>();
        foreach (var (target, settings) in options.Targets)
        {
            faults.AddRange(Target($"{LoaderOptions.Section}:Targets:{target}", target, settings));
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static IEnumerable<string> Target(string key, string name, TargetOptions settings)
    {
        if (!TargetName().IsMatch(name))
        {
            yield return $"{key}: a target's name begins with a letter and has up to 31 of a-z, 0-9 and _.";
        }

        if (settings.Kind == TargetKind.PostgreSql && string.IsNullOrWhiteSpace(settings.ConnectionString))
        {
            yield return $"{key}:ConnectionString is missing; a PostgreSQL target needs one, e.g. Host=db;Database=warehouse;Username=etl.";
        }

        if (settings.Kind == TargetKind.DuckDb && !Path.IsPathFullyQualified(settings.Path ?? ""))
        {
            yield return $"{key}:Path is '{settings.Path}'; a DuckDB target needs the absolute path of its file.";
        }

        if (settings.Streams is < 1 or > MostStreams)
        {
            yield return $"{key}:Streams is {settings.Streams}; allowed are 1 … {MostStreams}.";
        }

        foreach (var fault in DuckDb(key, settings))
        {
            yield return fault;
        }
    }

    private static IEnumerable<string> DuckDb(string key, TargetOptions settings)
    {
        if (Bytes(settings.MemoryLimit) is not >= LeastMemory)
        {
            yield return $"{key}:MemoryLimit is '{settings.MemoryLimit}'; allowed are a number and MB, GB, TB, MiB, GiB or TiB, from 128MB.";
        }

        if (settings.Threads is < 1 or > MostThreads)
        {
            yield return $"{key}:Threads is {settings.Threads}; allowed are 1 … {MostThreads}.";
        }

        if (settings.TempDirectory is { } directory && !Path.IsPathFullyQualified(directory))
        {
            yield return $"{key}:TempDirectory is '{directory}'; an absolute path is needed.";
        }

        if (settings.ReaderWindow < TimeSpan.Zero || settings.ReaderWindow > LongestWindow)
        {
            yield return $"{key}:ReaderWindow is {settings.ReaderWindow}; allowed are 00:00:00 … {LongestWindow}.";
        }
    }

    /// <summary>Null where the text is no amount of memory.</summary>
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
